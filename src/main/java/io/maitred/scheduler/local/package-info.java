/**
 * Runs instances as processes of this machine, adopts them after a restart of the node, checks
 * their health and memory.
 */
@NullMarked
package io.maitred.scheduler.local;

import org.jspecify.annotations.NullMarked;
