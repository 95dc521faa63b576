package io.maitred.http;

import io.maitred.metrics.RequestMetrics;
import io.maitred.router.Trip;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way of a ping's probe: ahead of ordinary requests, to the health check's URL and port. */
public final class PingTrip extends RequestTrip implements Trip {
  private final int portIndex;
  private final String protocol;

  /**
   * @param portIndex port of the instance to connect to
   */
  PingTrip(
      RequestContext context,
      String via,
      Supplier<CompletionStage<Caller>> authenticate,
      RequestMetrics metrics,
      int portIndex,
      String protocol) {
    super(context, via, authenticate, metrics);
    this.portIndex = portIndex;
    this.protocol = protocol;
  }

  @Override
  public int priority() {
    return 1;
  }

  @Override
  public int portIndex() {
    return portIndex;
  }

  @Override
  public @Nullable String protocol() {
    return protocol;
  }
}
