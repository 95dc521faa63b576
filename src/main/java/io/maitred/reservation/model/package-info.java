/**
 * The ledgers of leases as plain values: what the reserver has promised, what a router holds, and
 * how capacity is divided.
 */
@NullMarked
package io.maitred.reservation.model;

import org.jspecify.annotations.NullMarked;
