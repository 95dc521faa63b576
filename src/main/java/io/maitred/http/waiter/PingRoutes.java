package io.maitred.http.waiter;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.http.javadsl.server.Route;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import io.maitred.http.Authenticator;
import io.maitred.http.ErrorResponses;
import io.maitred.http.Product;
import io.maitred.http.RequestContext;
import io.maitred.http.waiter.Pings.Redirect;
import io.maitred.http.waiter.Pings.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /waiter-ping}: does a service answer, and if not, why (contract waiter 3.18). */
public final class PingRoutes extends ApiDirectives {
  private static final Logger log = LoggerFactory.getLogger(PingRoutes.class);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  /** More of a health check's answer is not passed on. */
  private static final int MAX_BODY = 64 * 1024;

  /** Refusals of these classes come before the asynchronous part of a request's way. */
  private static final Set<String> BEFORE_PROCESSING =
      Set.of("waiter.Maintenance", "waiter.Suspended", "waiter.QueueLength");

  private final ActorSystem<?> system;
  private final Authenticator authenticator;
  private final Pings pings;
  private final ErrorResponses errors;
  private final Clock clock;

  public PingRoutes(
      ActorSystem<?> system,
      Authenticator authenticator,
      Pings pings,
      ErrorResponses errors,
      Clock clock) {
    this.system = system;
    this.authenticator = authenticator;
    this.pings = pings;
    this.errors = errors;
    this.clock = clock;
  }

  public Route routes() {
    Endpoint ping = this::ping;
    return path("waiter-ping", () -> at(ping.behind(authenticator)));
  }

  private CompletionStage<HttpResponse> ping(RequestContext context, HttpRequest request) {
    context.known().requestType("ping");
    var timeout = timeout(request);
    var reply = new PingReply(pings, context);
    boolean fallback = context.parameters().contains("include", "fallback");
    var outcome = new CompletableFuture<PingOutcome>();
    var timer =
        system
            .scheduler()
            .scheduleOnce(
                timeout,
                () -> outcome.complete(PingOutcome.timedOut(reply.target())),
                system.executionContext());
    resolved(context, request, fallback)
        .thenCompose(
            resolved -> {
              if (resolved instanceof Redirect redirect) {
                return CompletableFuture.completedStage(PingOutcome.redirected(redirect));
              }
              var target = (Target) resolved;
              context.known().serviceId(target.id());
              reply.target(target);
              return probed(context, request, target, outcome);
            })
        .exceptionally(failure -> failed(context, reply.target(), failure, "descriptor-error"))
        .whenComplete(
            (result, defect) -> {
              if (defect == null) {
                outcome.complete(result);
              } else {
                outcome.completeExceptionally(defect);
              }
            });
    return outcome.thenCompose(
        result -> {
          timer.cancel();
          return reply.to(result);
        });
  }

  private CompletionStage<Pings.Resolved> resolved(
      RequestContext context, HttpRequest request, boolean fallback) {
    try {
      return pings.resolve(context, request, fallback);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /**
   * @param outcome of the ping, completed when its time is up: nobody waits for the probe then
   */
  private CompletionStage<PingOutcome> probed(
      RequestContext context,
      HttpRequest ping,
      Target target,
      CompletableFuture<PingOutcome> outcome) {
    var effective = target.effective();
    var request = probe(context, target);
    var probe = RequestContext.of(request, clock);
    probe.known().requestType("ping");
    probe.known().caller(Endpoint.caller(context));
    probe.known().serviceId(target.id());
    var own = effective.string("health-check-proto");
    var protocol = own != null ? own : effective.string("backend-proto");
    CompletionStage<HttpResponse> response;
    try {
      var sent =
          pings.send(
              probe,
              request,
              ping,
              target,
              effective.integer("health-check-port-index"),
              protocol == null ? "http" : protocol);
      var unused =
          outcome.thenAccept(
              end -> {
                if (end.isTimedOut()) {
                  sent.giveUp().run();
                }
              });
      response = sent.response();
    } catch (RuntimeException e) {
      response = CompletableFuture.failedStage(e);
    }
    return response
        .thenCompose(answer -> received(answer, probe, target))
        .exceptionally(failure -> failed(context, target, failure, "received-response"));
  }

  /** A GET of the health check, with nothing of the ping's own headers but host and cid. */
  private static HttpRequest probe(RequestContext context, Target target) {
    var configured = target.effective().string("health-check-url");
    var url = configured == null ? "/status" : configured;
    var headers =
        new ArrayList<HttpHeader>(
            List.of(
                RawRequestURI.create(url.startsWith("/") ? url : "/" + url),
                RawHeader.create("x-cid", context.cid()),
                RawHeader.create("accept", "application/json;q=1.0, */*;q=0.9"),
                RawHeader.create("user-agent", "maitred-ping/" + Product.VERSION)));
    if (!context.hostHeader().isEmpty()) {
      headers.add(RawHeader.create("host", context.hostHeader()));
    }
    return HttpRequest.GET("/").withHeaders(headers);
  }

  private CompletionStage<PingOutcome> received(
      HttpResponse response, RequestContext probe, Target target) {
    Sink<ByteString, CompletionStage<ByteString>> collected =
        Sink.fold(
            ByteString.emptyByteString(),
            (body, more) ->
                body.size() >= MAX_BODY ? body : body.concat(more.take(MAX_BODY - body.size())));
    return response
        .entity()
        .getDataBytes()
        .runWith(collected, system)
        .thenApply(
            body ->
                new PingOutcome(
                    "received-response",
                    response.status().intValue(),
                    headers(response),
                    body.utf8String(),
                    probe.known().instance(),
                    target,
                    null));
  }

  private PingOutcome failed(
      RequestContext context, @Nullable Target target, Throwable failure, String usual) {
    var cause = ErrorResponses.unwrapped(failure);
    if (!(cause instanceof RefusedException refused)) {
      log.error("ping {} failed", context.cid(), cause);
      return PingOutcome.internalError(target);
    }
    var refusal = refused.refusal();
    var response = errors.render(context, refusal);
    return new PingOutcome(
        beforeProcessing(refusal) ? "waiter-response" : usual,
        refusal.status(),
        headers(response),
        ((HttpEntity.Strict) response.entity()).getData().utf8String(),
        null,
        target,
        null);
  }

  private static boolean beforeProcessing(Refusal refusal) {
    return refusal.details().get("error-class") instanceof String name
        && BEFORE_PROCESSING.contains(name);
  }

  private static Map<String, String> headers(HttpResponse response) {
    var headers = new TreeMap<String, String>();
    for (HttpHeader header : response.getHeaders()) {
      headers.merge(
          header.lowercaseName(), header.value(), (first, second) -> first + "," + second);
    }
    var type = response.entity().getContentType().toString();
    if (!type.equals("none/none")) {
      headers.put("content-type", type);
    }
    return headers;
  }

  private static Duration timeout(HttpRequest request) {
    var given = request.getHeader("x-waiter-timeout").map(HttpHeader::value).orElse("");
    if (!given.matches("[0-9]{1,15}") || Long.parseLong(given) == 0) {
      return DEFAULT_TIMEOUT;
    }
    var wanted = Duration.ofMillis(Long.parseLong(given));
    return wanted.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : wanted;
  }
}
