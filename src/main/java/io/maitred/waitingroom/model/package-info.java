/**
 * The rules of waiting rooms as values and functions: tickets, cells that count users, slots and
 * their division, the decision for a visit, waiting times. Time, randomness and identities are
 * arguments.
 */
@NullMarked
package io.maitred.waitingroom.model;

import org.jspecify.annotations.NullMarked;
