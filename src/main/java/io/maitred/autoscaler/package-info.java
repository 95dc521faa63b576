/**
 * Demand in, target out, act on it: one scaler per service, with idle and broken-service removal.
 * Talks to reservation for demand and to discovery for orders.
 */
@NullMarked
package io.maitred.autoscaler;

import org.jspecify.annotations.NullMarked;
