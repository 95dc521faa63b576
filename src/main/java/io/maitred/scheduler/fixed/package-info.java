/**
 * Adapter for servers that somebody else runs: watches their health, and never starts or stops
 * anything.
 */
@NullMarked
package io.maitred.scheduler.fixed;

import org.jspecify.annotations.NullMarked;
