/**
 * Zones with their waiting rooms, and the ring of ticket keys: the durable entities that write
 * them, and the tables of each node. What keeps and mirrors them is in {@code io.maitred.store}.
 */
@NullMarked
package io.maitred.waitingroom.store;

import org.jspecify.annotations.NullMarked;
