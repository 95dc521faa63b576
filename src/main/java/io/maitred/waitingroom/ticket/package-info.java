/**
 * Tickets as users carry them: a compact binary form, sealed with AES-256-GCM for one room under a
 * key that all data centers share.
 */
@NullMarked
package io.maitred.waitingroom.ticket;

import org.jspecify.annotations.NullMarked;
