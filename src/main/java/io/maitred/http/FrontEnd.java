package io.maitred.http;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.event.Logging;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.MethodRejection;
import akka.http.javadsl.server.Rejection;
import akka.http.javadsl.server.RejectionHandler;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.settings.ServerSettings;
import akka.japi.function.Function;
import akka.pattern.Patterns;
import akka.stream.javadsl.Sink;
import io.maitred.common.InvalidSettingException;
import io.maitred.common.Refusal;
import io.maitred.common.RouterId;
import java.net.BindException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where requests arrive: gives each its context, tells calls of the API from requests that are
 * proxied, and sees to it that every response has the headers and every failure the shape that
 * clients expect.
 */
public final class FrontEnd extends AllDirectives {

  /** What a request that belongs to a service is handed to. */
  public interface Proxied {
    /**
     * The response for the client. A failed stage is rendered as an error; a response of the
     * backend must be announced by {@link KnownFacts#backendAnswered} before the stage completes.
     */
    CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request);
  }

  /**
   * Calls of this router's own hosts that have a protocol of their own: they read their bodies, and
   * render their errors, themselves.
   */
  public interface Separate {
    /** For a front end without such calls. */
    Separate NONE =
        new Separate() {
          @Override
          public boolean serves(RequestContext context) {
            return false;
          }

          @Override
          public CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request) {
            throw new IllegalStateException("serves nothing");
          }
        };

    /** Whether a call of the API is one of these; of its path, and nothing else. */
    boolean serves(RequestContext context);

    /** The response for the client; headers that every response carries are added to it. */
    CompletionStage<HttpResponse> handle(RequestContext context, HttpRequest request);
  }

  private final ActorSystem<?> system;
  private final HttpSettings settings;
  private final Classification classification;
  private final Function<HttpRequest, CompletionStage<HttpResponse>> api;
  private final Separate separate;
  private final Proxied proxied;
  private final Clock clock;
  private final ErrorResponses errors;
  private final ResponseHeaders headers;
  private final RequestLog log;
  private final AtomicBoolean draining = new AtomicBoolean();

  /**
   * @param classification knows this router's own names
   * @param router this node's id, for debug headers
   * @param api the routes of all other API calls; what they do not match is 404
   * @param separate calls with a protocol of their own
   */
  public FrontEnd(
      ActorSystem<?> system,
      HttpSettings settings,
      Classification classification,
      RouterId router,
      ErrorResponses errors,
      Route api,
      Separate separate,
      Proxied proxied,
      Clock clock) {
    this.system = system;
    this.settings = settings;
    this.classification = classification;
    this.separate = separate;
    this.proxied = proxied;
    this.clock = clock;
    this.errors = errors;
    this.headers = new ResponseHeaders(settings, router, ApiUrls.of(settings));
    this.log = new RequestLog(settings.requestLog());
    this.api = sealed(api).function(system);
  }

  /**
   * Listens, until the node shuts down. Then it drains: for the drain delay every response closes
   * its connection, so that clients and balancers go elsewhere; then nothing new is accepted, and
   * requests in flight may finish within the termination deadline.
   *
   * @return fails with {@link InvalidSettingException} when the address cannot be listened on
   */
  public CompletionStage<ServerBinding> bind(ServerSettings server) {
    ParsingErrors.renderWith(errors, headers.server());
    return Http.get(system)
        .newServerAt(settings.host(), settings.port())
        .withSettings(server.withParsingErrorHandler(ParsingErrors.class.getName()))
        .logTo(Logging.getLogger(system.classicSystem(), ClientConnections.class))
        .bindFlow(
            ClientConnections.flow(this::handle, settings.connectionIdleTimeout(), draining::get))
        .handle(
            (binding, failure) -> {
              if (failure != null) {
                throw new CompletionException(notBound(ErrorResponses.unwrapped(failure)));
              }
              CoordinatedShutdown.get(system)
                  .addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "drain", this::drain);
              return binding.addToCoordinatedShutdown(settings.terminationDeadline(), system);
            });
  }

  private CompletionStage<Done> drain() {
    draining.set(true);
    return Patterns.after(
        settings.drainDelay(), system, () -> CompletableFuture.completedStage(Done.getInstance()));
  }

  /** Answers one request; the stage never fails. */
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    var context = RequestContext.of(request, clock);
    boolean isProxied = classification.of(context) == Classification.Kind.PROXIED;
    return dispatched(context, request, isProxied)
        .handle(
            (response, failure) -> {
              var answer = failure == null ? response : errors.render(context, failure);
              log.answered(context, answer.status().intValue());
              return headers.complete(context, answer, isProxied);
            });
  }

  private CompletionStage<HttpResponse> dispatched(
      RequestContext context, HttpRequest request, boolean isProxied) {
    try {
      if (isProxied) {
        context.known().requestType("waiter-proxy");
        return proxied.handle(context, request);
      }
      if (separate.serves(context)) {
        return separate.handle(context, request);
      }
      return withBodyRead(context, request)
          .thenCompose(complete -> apply(complete.addAttribute(RequestContext.KEY, context)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private CompletionStage<HttpResponse> apply(HttpRequest request) {
    try {
      return api.apply(request);
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /**
   * API calls are answered when their body has been read (contract waiter 2.3): a client that is
   * still sending would not see the answer. Only POST bodies mean something and are kept.
   */
  private CompletionStage<HttpRequest> withBodyRead(RequestContext context, HttpRequest request) {
    if (request.entity().isStrict()) {
      return CompletableFuture.completedStage(request);
    }
    var materializer = akka.stream.SystemMaterializer.get(system).materializer();
    if (request.method().equals(HttpMethods.POST) && !context.path().equals("/status")) {
      var type = request.entity().getContentType();
      return JsonBody.read(request, materializer)
          .thenApply(body -> request.withEntity(HttpEntities.create(type, body)));
    }
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .runWith(Sink.ignore(), materializer)
        .thenApply(done -> request.withEntity(HttpEntities.EMPTY));
  }

  /** Failures and unknown paths inside the routes become errors of the usual shape. */
  private Route sealed(Route routes) {
    var failures = ExceptionHandler.newBuilder().matchAny(failure -> failed(failure)).build();
    var rejections =
        RejectionHandler.newBuilder()
            .handle(MethodRejection.class, r -> failed(refused(405, "Invalid request method")))
            .handle(Rejection.class, r -> failed(refused(400, "Invalid request: " + r)))
            .handleNotFound(extractRequest(request -> failed(refused(404, "Not found"))))
            .build();
    return routes.seal(rejections, failures);
  }

  private Route failed(Throwable failure) {
    return extractRequest(request -> complete(errors.render(RequestContext.in(request), failure)));
  }

  private static Throwable refused(int status, String message) {
    return Refusal.of(status, message).asException();
  }

  private Throwable notBound(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new InvalidSettingException(
            "maitred.http.port",
            settings.port(),
            "a port that is free at "
                + settings.host()
                + "; set MAITRED_PORT or MAITRED_HOST; "
                + cause.getMessage());
      }
    }
    return failure;
  }
}
