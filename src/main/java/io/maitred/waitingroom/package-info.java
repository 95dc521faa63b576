/**
 * Fair, visible queues in front of applications: a worker on each node decides from memory who goes
 * on and who waits, an aggregator in each data center sums what its workers counted, and one
 * aggregator in the world keeps what the data centers reported. Talks to nothing but the cluster;
 * the front end hands it visits.
 */
@NullMarked
package io.maitred.waitingroom;

import org.jspecify.annotations.NullMarked;
