/**
 * Health checks of instances (contract waiter 9.2), for adapters that have to do them by
 * themselves. Talks to instances only.
 */
@NullMarked
package io.maitred.scheduler.health;

import org.jspecify.annotations.NullMarked;
