package io.maitred.http;

import io.maitred.metrics.RequestMetrics;
import io.maitred.router.Trip;
import io.maitred.router.model.Timeouts;
import io.maitred.service.model.Descriptor;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Sources;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The router's view of a request: reads its context, and notes there what the router finds out. */
class RequestTrip implements Trip {
  private final RequestContext context;
  private final String via;
  private final Supplier<CompletionStage<Caller>> authenticate;
  private final RequestMetrics metrics;
  private @Nullable Runnable cancel;
  private boolean clientGone;

  /**
   * @param via this hop's entry in {@code via}
   * @param authenticate finds out who sent the request
   */
  RequestTrip(
      RequestContext context,
      String via,
      Supplier<CompletionStage<Caller>> authenticate,
      RequestMetrics metrics) {
    this.context = context;
    this.via = via;
    this.authenticate = authenticate;
    this.metrics = metrics;
  }

  @Override
  public String requestId() {
    return context.requestId();
  }

  @Override
  public String cid() {
    return context.cid();
  }

  @Override
  public String hostHeader() {
    return context.hostHeader();
  }

  @Override
  public String host() {
    return context.host();
  }

  @Override
  public String scheme() {
    return context.scheme();
  }

  @Override
  public String path() {
    return context.path();
  }

  @Override
  public @Nullable String query() {
    return context.query();
  }

  @Override
  public String via() {
    return via;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public CompletionStage<String> caller() {
    return authenticate
        .get()
        .thenApply(
            caller -> {
              context.known().caller(caller);
              return caller.principal();
            });
  }

  @Override
  public void onSources(Sources sources) {
    context.known().tokens(sources.tokenNames(), sources.tokenOwner());
  }

  @Override
  public int portIndex() {
    return 0;
  }

  @Override
  public @Nullable String protocol() {
    return null;
  }

  @Override
  public void onDescriptor(Descriptor descriptor) {
    context.known().serviceId(descriptor.id());
  }

  @Override
  public void onTimeouts(Timeouts timeouts) {
    context.known().timeouts(timeouts.queue(), timeouts.socket(), timeouts.streaming());
  }

  @Override
  public void onReserved(Instance instance, String proto, long nanos) {
    context.known().reserved(instance, proto, nanos);
    metrics.reserved(instance.serviceId().value(), nanos);
  }

  @Override
  public void onAnswered(long nanos) {
    context.known().backendAnswered(nanos);
  }

  @Override
  public void onClientGone(Runnable next) {
    boolean now;
    synchronized (this) {
      cancel = next;
      now = clientGone;
    }
    if (now) {
      next.run();
    }
  }

  /** Nobody waits for the answer any more: the client has gone, or the ping's time is up. */
  public void giveUp() {
    @Nullable Runnable present;
    synchronized (this) {
      clientGone = true;
      present = cancel;
    }
    if (present != null) {
      present.run();
    }
  }
}
