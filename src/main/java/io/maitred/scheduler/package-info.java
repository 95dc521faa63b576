/**
 * The port to what starts and stops instances, and the values that cross it. Talks to nobody;
 * adapters live in sub-packages.
 */
@NullMarked
package io.maitred.scheduler;

import org.jspecify.annotations.NullMarked;
