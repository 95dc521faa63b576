/** What health checks tell of an instance. Plain Java. */
@NullMarked
package io.maitred.scheduler.health.model;

import org.jspecify.annotations.NullMarked;
