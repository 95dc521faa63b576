/** Prometheus metrics of every part. */
@NullMarked
package io.maitred.metrics;

import org.jspecify.annotations.NullMarked;
