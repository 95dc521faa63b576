package io.maitred.http;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.headers.Connection;
import akka.japi.function.Function;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Flow;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import io.maitred.router.ClientWatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves a client's connection: one request after the other, as Akka HTTP's own handler flow would,
 * but it goes on reading while a request is being answered. Only so does it see that the client
 * leaves, which completes {@link ClientWatch#GONE}. A request that a client sends ahead waits here,
 * one at most; {@code akka.http.server.pipelining-limit} must be 2 for that.
 *
 * <p>A client that only closes its sending side counts as gone: on the wire that looks like one
 * that has left.
 */
public final class ClientConnections extends GraphStage<FlowShape<HttpRequest, HttpResponse>> {
  private final Inlet<HttpRequest> in = Inlet.create("ClientConnections.in");
  private final Outlet<HttpResponse> out = Outlet.create("ClientConnections.out");
  private final FlowShape<HttpRequest, HttpResponse> shape = FlowShape.of(in, out);
  private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
  private final Duration idleTimeout;
  private final BooleanSupplier draining;

  private ClientConnections(
      Function<HttpRequest, CompletionStage<HttpResponse>> handler,
      Duration idleTimeout,
      BooleanSupplier draining) {
    this.handler = handler;
    this.idleTimeout = idleTimeout;
    this.draining = draining;
  }

  /**
   * For {@code newServerAt(..).bindFlow(..)}.
   *
   * @param handler answers one request; a failure closes the connection
   * @param idleTimeout a connection without a request is closed after one to two times this long
   * @param draining while true, connections are closed after their present answer
   */
  public static Flow<HttpRequest, HttpResponse, NotUsed> flow(
      Function<HttpRequest, CompletionStage<HttpResponse>> handler,
      Duration idleTimeout,
      BooleanSupplier draining) {
    return Flow.fromGraph(new ClientConnections(handler, idleTimeout, draining));
  }

  @Override
  public FlowShape<HttpRequest, HttpResponse> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private record Answer(@Nullable HttpResponse response, @Nullable Throwable failure) {}

  private final class Logic extends TimerGraphStageLogic {
    private final AsyncCallback<Answer> answered = createAsyncCallback(this::onAnswer);
    private final AsyncCallback<Done> bodySent = createAsyncCallback(this::onBodySent);
    private @Nullable HttpRequest parked;
    private @Nullable HttpResponse ready;
    private @Nullable CompletableFuture<Void> gone;
    private boolean busy;
    private int streaming;
    private boolean endsItself;
    private boolean idle;

    Logic() {
      super(shape);
      setHandler(in, new Requests());
      setHandler(out, new Responses());
    }

    @Override
    public void preStart() {
      scheduleWithFixedDelay("idle", idleTimeout, idleTimeout);
      pull(in);
    }

    @Override
    public void onTimer(Object key) {
      if (busy || streaming > 0) {
        return;
      }
      if (idle) {
        completeStage();
      }
      idle = true;
    }

    @Override
    public void postStop() {
      leave();
    }

    private void leave() {
      if (gone != null) {
        gone.complete(null);
        gone = null;
      }
    }

    private void handle(HttpRequest request) {
      busy = true;
      idle = false;
      var watch = new CompletableFuture<Void>();
      gone = watch;
      // after the last body of a connection the parser ends the stream by itself
      endsItself = !request.entity().isStrict() && asksForClose(request);
      try {
        handler
            .apply(request.addAttribute(ClientWatch.GONE, watch))
            .whenComplete((response, failure) -> answered.invoke(new Answer(response, failure)));
      } catch (Exception e) {
        failStage(e);
      }
    }

    private void onAnswer(Answer answer) {
      if (answer.response() == null) {
        failStage(answer.failure());
        return;
      }
      var response = answer.response();
      var last = draining.getAsBoolean();
      ready = last ? response.addHeader(Connection.create("close")) : response;
      if (isAvailable(out)) {
        send(ready);
      }
    }

    private void send(HttpResponse response) {
      busy = false;
      ready = null;
      if (response.entity().isStrict()) {
        gone = null;
        push(out, response);
      } else {
        streaming++;
        push(out, watched(response));
      }
      if (isClosed(in)) {
        completeStage();
      } else if (parked != null) {
        var next = parked;
        parked = null;
        handle(next);
        readAhead();
      }
    }

    /** Says when the body has been sent: a long one is no idle connection. */
    private HttpResponse watched(HttpResponse response) {
      ResponseEntity entity = response.entity();
      var type = entity.getContentType();
      if (entity instanceof akka.http.scaladsl.model.HttpEntity.Chunked chunked) {
        // piece by piece, so that trailers are kept
        return response.withEntity(
            chunked.copy(chunked.contentType(), chunked.chunks().asJava().via(watch()).asScala()));
      }
      var data = entity.getDataBytes().via(watch());
      var length = entity.getContentLengthOption();
      return response.withEntity(
          length.isPresent()
              ? HttpEntities.create(type, length.getAsLong(), data)
              : HttpEntities.createCloseDelimited(type, data));
    }

    private <T> Flow<T, T, NotUsed> watch() {
      return Flow.<T>create()
          .watchTermination(
              (none, end) -> {
                end.whenComplete((done, failure) -> bodySent.invoke(Done.getInstance()));
                return none;
              });
    }

    private void onBodySent(Done done) {
      streaming--;
      idle = false;
    }

    private void readAhead() {
      if (parked == null && !hasBeenPulled(in) && !isClosed(in)) {
        pull(in);
      }
    }

    private final class Requests extends AbstractInHandler {
      @Override
      public void onPush() {
        var request = grab(in);
        if (busy) {
          parked = request;
        } else {
          handle(request);
          readAhead();
        }
      }

      @Override
      public void onUpstreamFinish() {
        if (!busy) {
          completeStage();
        } else if (!endsItself) {
          leave();
        }
      }
    }

    private final class Responses extends AbstractOutHandler {
      @Override
      public void onPull() {
        if (ready != null) {
          send(ready);
        }
      }
    }
  }

  private static boolean asksForClose(HttpRequest request) {
    boolean old = request.protocol().equals(akka.http.javadsl.model.HttpProtocols.HTTP_1_0);
    return request
        .getHeader("connection")
        .map(connection -> connection.value().toLowerCase(java.util.Locale.ROOT))
        .map(value -> value.contains("close") || (old && !value.contains("keep-alive")))
        .orElse(old);
  }
}
