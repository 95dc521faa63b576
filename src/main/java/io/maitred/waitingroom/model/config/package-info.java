/**
 * What an operator configures: rooms, their events and bypass rules, the settings of zones; what is
 * valid, and what holds at a given time.
 */
@NullMarked
package io.maitred.waitingroom.model.config;

import org.jspecify.annotations.NullMarked;
