package io.maitred.router;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.reservation.Reservation;
import io.maitred.reservation.Slot;
import io.maitred.reservation.SlotPools;
import io.maitred.reservation.model.Outcome;
import io.maitred.router.backend.BackendAddress;
import io.maitred.router.model.ForwardFailure;
import io.maitred.router.model.HttpsRedirect;
import io.maitred.router.model.Timeouts;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.EffectiveDescriptions;
import io.maitred.service.ServiceStore;
import io.maitred.service.model.Authorisation;
import io.maitred.service.model.ConsentRequired;
import io.maitred.service.model.Descriptor;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Resolved;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.Sources;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request's way: resolve, start the service when it does not run, reserve a slot, forward,
 * release. While this node holds a free slot of a service that it knows, the way is memory reads
 * only: no message leaves the node, and nothing waits.
 */
public final class Router {
  /** Values of {@code backend-proto} that can be forwarded to. */
  private static final Set<String> FORWARDED = Set.of("http", "https");

  private static final int MAX_AUTHORIZATIONS = 10_000;

  private final ServiceResolver resolver;
  private final ServiceStore store;
  private final EffectiveDescriptions effective;
  private final Entitlements entitlements;
  private final ServiceLauncher launcher;
  private final SlotPools pools;
  private final Forwarder forwarder;
  private final ErrorThrottle errors;
  private final Function<ServiceId, String> passwords;
  private final ConcurrentHashMap<ServiceId, String> authorizations = new ConcurrentHashMap<>();

  /**
   * @param passwords the service's own password
   */
  public Router(
      ServiceResolver resolver,
      ServiceStore store,
      EffectiveDescriptions effective,
      Entitlements entitlements,
      ServiceLauncher launcher,
      SlotPools pools,
      Forwarder forwarder,
      ErrorThrottle errors,
      Function<ServiceId, String> passwords) {
    this.resolver = resolver;
    this.store = store;
    this.effective = effective;
    this.entitlements = entitlements;
    this.launcher = launcher;
    this.pools = pools;
    this.forwarder = forwarder;
    this.errors = errors;
    this.passwords = passwords;
  }

  /** Where a request leads. */
  public sealed interface Destination {}

  /**
   * To a service that the caller may use.
   *
   * @param caller null when the service needs no authenticated caller
   */
  public record ToService(Descriptor descriptor, @Nullable String caller) implements Destination {}

  /** To another URL: to https, or to the page that asks for consent. */
  public record Elsewhere(int status, String location) implements Destination {
    HttpResponse response() {
      return HttpResponse.create()
          .withStatus(status)
          .addHeader(RawHeader.create("location", location));
    }
  }

  /** Answers a request of a service; fails with a refusal. */
  public CompletionStage<HttpResponse> route(HttpRequest request, Trip trip) {
    var headers = WaiterHeaders.of(request);
    return destination(request, headers, trip)
        .thenCompose(
            destination ->
                destination instanceof ToService service
                    ? serve(request, headers, trip, service)
                    : CompletableFuture.completedFuture(((Elsewhere) destination).response()));
  }

  /** Finds out what a request means and whether its caller may; fails with a refusal. */
  public CompletionStage<Destination> destination(HttpRequest request, Trip trip) {
    return destination(request, WaiterHeaders.of(request), trip);
  }

  private CompletionStage<Destination> destination(
      HttpRequest request, Map<String, String> headers, Trip trip) {
    return resolver
        .discover(headers, trip.host())
        .thenCompose(sources -> admitted(request, headers, trip, sources));
  }

  private CompletionStage<Destination> admitted(
      HttpRequest request, Map<String, String> headers, Trip trip, Sources sources) {
    trip.onSources(sources);
    var maintenance = sources.maintenance();
    if (maintenance.isPresent()) {
      return CompletableFuture.failedFuture(maintenance.get().asException());
    }
    if (sources.httpsRedirect() && trip.scheme().equals("http")) {
      var to =
          HttpsRedirect.of(request.method().value(), trip.hostHeader(), trip.path(), trip.query());
      return CompletableFuture.completedFuture(new Elsewhere(to.status(), to.location()));
    }
    if (sources.authenticationDisabled()) {
      return resolver
          .resolve(headers, trip.host(), sources, null)
          .thenCompose(resolved -> authorised(trip, resolved, null));
    }
    return trip.caller()
        .thenCompose(
            caller ->
                resolver
                    .resolve(headers, trip.host(), sources, caller)
                    .thenCompose(resolved -> authorised(trip, resolved, caller)));
  }

  private CompletionStage<Destination> authorised(
      Trip trip, Resolved resolved, @Nullable String caller) {
    if (resolved instanceof ConsentRequired) {
      return CompletableFuture.completedFuture(consent(trip));
    }
    var descriptor = (Descriptor) resolved;
    trip.onDescriptor(descriptor);
    return Authorisation.check(descriptor, caller == null ? "" : caller, entitlements)
        .map(refusal -> CompletableFuture.<Destination>failedFuture(refusal.asException()))
        .orElseGet(() -> CompletableFuture.completedFuture(new ToService(descriptor, caller)));
  }

  /**
   * Sends a request whose way to its service is known; fails with a refusal.
   *
   * @param describedBy the request that has the headers with the time-outs
   */
  public CompletionStage<HttpResponse> serve(
      HttpRequest request, HttpRequest describedBy, Trip trip, ToService service) {
    return serve(request, WaiterHeaders.of(describedBy), trip, service);
  }

  private CompletionStage<HttpResponse> serve(
      HttpRequest request, Map<String, String> headers, Trip trip, ToService service) {
    var descriptor = service.descriptor();
    var timeouts = Timeouts.of(headers, descriptor.tokenSettings());
    trip.onTimeouts(timeouts);
    var suspended = suspended(descriptor.id());
    if (suspended.isPresent()) {
      return failed(suspended.get());
    }
    return described(descriptor)
        .thenCompose(done -> reserved(request, trip, descriptor, timeouts, service.caller()));
  }

  /** Stores the core description and how the request led there, unless that has been done. */
  public CompletionStage<?> described(Descriptor descriptor) {
    return descriptor.byServiceId()
        ? CompletableFuture.completedFuture(null)
        : store.describe(descriptor.id(), descriptor.core(), descriptor.sources());
  }

  /** Why requests of a suspended service are refused; empty when it is not suspended. */
  public Optional<Refusal> suspended(ServiceId id) {
    var record = store.tables().service(id);
    var suspension = record == null ? null : record.suspension();
    return suspension == null || !suspension.suspended()
        ? Optional.empty()
        : Optional.of(
            Refusal.of(503, "Service has been suspended")
                .errorClass("waiter.Suspended")
                .with("service-id", id.value())
                .with("suspended-at", suspension.time())
                .with("last-updated-by", suspension.lastUpdatedBy()));
  }

  private ServiceSpec spec(Descriptor descriptor) {
    var id = descriptor.id();
    return new ServiceSpec(id, description(descriptor), passwords.apply(id));
  }

  private ServiceDescription description(Descriptor descriptor) {
    var known = effective.of(descriptor.id());
    return known == null ? descriptor.effective() : known;
  }

  /** Takes a slot; a service that does not run is started while the request is in its queue. */
  private CompletionStage<HttpResponse> reserved(
      HttpRequest request,
      Trip trip,
      Descriptor descriptor,
      Timeouts timeouts,
      @Nullable String caller) {
    var service = descriptor.id();
    var proto =
        trip.protocol() == null ? description(descriptor).string("backend-proto") : trip.protocol();
    if (proto == null || !FORWARDED.contains(proto)) {
      return failed(Refusal.of(501, "backend-proto " + proto + " is not supported"));
    }
    long asked = System.nanoTime();
    var reservation = pools.reserve(service, trip.requestId(), trip.priority(), timeouts.queue());
    if (reservation instanceof Reservation.Refused refused) {
      return errors.refused(service, refused.refusal());
    }
    Function<Slot, CompletionStage<HttpResponse>> forward =
        slot -> forwarded(request, trip, slot, proto, timeouts, caller, asked);
    if (reservation instanceof Reservation.Granted granted) {
      return forward.apply(granted.slot());
    }
    var queued = (Reservation.Queued) reservation;
    trip.onClientGone(() -> queued.cancel(ForwardFailure.CLIENT_GONE.refusal().asException()));
    launch(descriptor, queued, timeouts.queue());
    return queued
        .slot()
        .exceptionallyCompose(failure -> errors.refused(service, refusal(failure)))
        .thenCompose(forward);
  }

  private void launch(Descriptor descriptor, Reservation.Queued queued, Duration patience) {
    Supplier<ServiceSpec> spec = () -> spec(descriptor);
    var unused =
        launcher
            .ensure(descriptor.id(), spec, patience)
            .exceptionally(
                failure -> {
                  queued.cancel(refusal(failure).asException());
                  return null;
                });
    launcher.keepWhileWaiting(descriptor.id(), spec);
  }

  private static Refusal refusal(Throwable failure) {
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RefusedException refused
        ? refused.refusal()
        : Refusal.of(500, "Internal error: " + cause);
  }

  /** Whatever goes wrong before the exchange has begun, the slot goes back. */
  private CompletionStage<HttpResponse> forwarded(
      HttpRequest request,
      Trip trip,
      Slot slot,
      String proto,
      Timeouts timeouts,
      @Nullable String caller,
      long asked) {
    try {
      return exchanged(request, trip, slot, proto, timeouts, caller, asked);
    } catch (RuntimeException e) {
      slot.release(Outcome.GENERIC_ERROR);
      return CompletableFuture.failedStage(e);
    }
  }

  private CompletionStage<HttpResponse> exchanged(
      HttpRequest request,
      Trip trip,
      Slot slot,
      String proto,
      Timeouts timeouts,
      @Nullable String caller,
      long asked) {
    long reserved = System.nanoTime();
    var instance = slot.instance();
    var own = instance.protocol();
    var spoken = own == null ? proto : own;
    trip.onReserved(instance, spoken, reserved - asked);
    var exchange =
        forwarder.forward(
            request,
            BackendAddress.of(spoken, instance.host(), port(instance, trip.portIndex())),
            new ForwardOptions(
                timeouts.socket(),
                timeouts.streaming(),
                authorization(instance, caller),
                caller,
                trip.cid(),
                trip.via(),
                slot::mayStart));
    exchange.outcome().thenAccept(slot::release);
    trip.onClientGone(exchange::cancel);
    return exchange
        .response()
        .thenApply(
            response -> {
              trip.onAnswered(System.nanoTime() - reserved);
              return response;
            });
  }

  /**
   * A server that somebody else runs, open to everybody, checks its visitors itself, by what they
   * send; it knows no password of Maitred.
   */
  private @Nullable String authorization(Instance instance, @Nullable String caller) {
    boolean open = caller == null && instance.protocol() != null;
    return open ? null : authorization(instance.serviceId());
  }

  /** Made once a service: the password is a keyed hash, which costs more than a look-up. */
  private String authorization(ServiceId service) {
    var known = authorizations.get(service);
    if (known != null) {
      return known;
    }
    if (authorizations.size() >= MAX_AUTHORIZATIONS) {
      authorizations.clear();
    }
    var made = ForwardOptions.basic("waiter", passwords.apply(service));
    authorizations.put(service, made);
    return made;
  }

  private static int port(Instance instance, int index) {
    return index == 0 ? instance.port() : instance.extraPorts().get(index - 1);
  }

  private static Elsewhere consent(Trip trip) {
    var query = trip.query();
    return new Elsewhere(303, "/waiter-consent" + trip.path() + (query == null ? "" : "?" + query));
  }

  private static CompletionStage<HttpResponse> failed(Refusal refusal) {
    return CompletableFuture.failedFuture(refusal.asException());
  }
}
