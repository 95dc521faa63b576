/**
 * Simulates crowds in front of waiting rooms, over many data centers and workers, in simulated
 * time. Decides nothing itself: workers and aggregators are the models that nodes run; only clocks,
 * the network between them, and the visitors are made up here.
 */
@NullMarked
package io.maitred.simulation;

import org.jspecify.annotations.NullMarked;
