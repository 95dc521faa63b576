package io.maitred.reservation;

import java.util.function.LongSupplier;

/**
 * The clocks of a node, so that tests can turn them.
 *
 * @param nanos monotonic, as {@link System#nanoTime()}
 * @param wallMillis as {@link System#currentTimeMillis()}
 */
public record Clocks(LongSupplier nanos, LongSupplier wallMillis) {
  public static Clocks system() {
    return new Clocks(System::nanoTime, System::currentTimeMillis);
  }
}
