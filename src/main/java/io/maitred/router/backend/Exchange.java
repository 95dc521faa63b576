package io.maitred.router.backend;

import akka.stream.Materializer;
import io.maitred.reservation.model.Outcome;
import io.maitred.router.model.ForwardFailure;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request at a backend, from the connection to the last byte of the answer.
 *
 * <p>All state is confined to one event loop. {@link #outcome} completes exactly once on every
 * path, so a slot is released exactly once.
 */
public final class Exchange implements ResponseBody.Owner {
  private final BackendClient client;
  private final BackendAddress address;
  private final BackendRequest request;
  private final EventLoop loop;
  private final Upload upload;
  private final Answer answer;
  private final LazyTimer ownTimer;
  private final CompletableFuture<akka.http.javadsl.model.HttpResponse> response =
      new CompletableFuture<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  private @Nullable BackendConnection connection;
  private boolean retried;
  private boolean over;
  private long backendMovedAt;

  Exchange(
      BackendClient client,
      BackendAddress address,
      BackendRequest request,
      EventLoop loop,
      Materializer materializer) {
    this.client = client;
    this.address = address;
    this.request = request;
    this.loop = loop;
    this.upload = new Upload(this, request.entity(), loop, materializer);
    this.answer = new Answer(request.isHead(), loop, this);
    this.ownTimer = new LazyTimer(loop, this::timerFired);
  }

  /**
   * The backend's answer, or a {@link io.maitred.common.RefusedException}. A streamed body must be
   * consumed or cancelled; if it is neither, the streaming timeout ends it. Completes on an event
   * loop: dependents must not block.
   */
  public CompletionStage<akka.http.javadsl.model.HttpResponse> response() {
    return response.minimalCompletionStage();
  }

  /** How it ended; completes exactly once, never with a failure, on an event loop. */
  public CompletionStage<Outcome> outcome() {
    return outcome.minimalCompletionStage();
  }

  /** The client is gone: gives everything up. Does nothing when the exchange is over. */
  public void cancel() {
    loop.execute(this::clientGone);
  }

  BackendAddress address() {
    return address;
  }

  EventLoop loop() {
    return loop;
  }

  boolean isHead() {
    return request.isHead();
  }

  /** The router gives up what it has in flight. */
  void abort() {
    fail(ForwardFailure.ABORTED);
  }

  /** Sends the request; the connection is this exchange's now. */
  void begin(BackendConnection to) {
    if (over || client.isClosed() || !request.mayStart().getAsBoolean()) {
      to.release(true);
      fail(client.isClosed() ? ForwardFailure.ABORTED : ForwardFailure.FENCED);
      return;
    }
    connection = to;
    to.assign(this);
    backendMovedAt = System.nanoTime();
    upload.start(to, request.head());
    deadlineMoved();
  }

  void connectFailed() {
    // a backend that had the request and now refuses connections died of it, or with it
    fail(retried ? ForwardFailure.BACKEND_BROKEN : ForwardFailure.CONNECT);
  }

  // ---- what the connection reports

  void headRead(HttpResponse head) {
    backendMovedAt = System.nanoTime();
    if (!answer.headRead(head)) {
      fail(ForwardFailure.BACKEND_BROKEN);
    }
  }

  void contentRead(HttpContent content) {
    backendMovedAt = System.nanoTime();
    if (!answer.contentRead(content)) {
      fail(ForwardFailure.BACKEND_BROKEN);
    } else if (answer.isEnded()) {
      ended();
    } else if (answer.isTooLargeToWait()) {
      response.complete(answer.stream());
    }
  }

  /** Nothing more can be read at the moment: an answer that is not complete is streamed. */
  void readPaused() {
    if (answer.isWaiting()) {
      response.complete(answer.stream());
    }
  }

  void writable() {
    upload.writable();
  }

  /** The backend takes no more bytes; it may have answered before, which is read next. */
  void writeFailed() {
    if (!over && !upload.isDone()) {
      upload.discard(client.settings().drainLimit(), () -> {});
    }
  }

  void connectionClosed(BackendConnection closed) {
    if (over || connection != closed) {
      return;
    }
    connection = null;
    boolean unanswered = closed.isReused() && !closed.isAnswerSeen();
    if (unanswered && !retried && request.idempotent() && upload.isRepeatable()) {
      retried = true;
      client.connect(this);
    } else {
      fail(ForwardFailure.BACKEND_BROKEN);
    }
  }

  // ---- what the upload reports

  void uploaded() {
    backendMovedAt = System.nanoTime();
    deadlineMoved();
  }

  void clientClosed() {
    fail(ForwardFailure.CLIENT_CLOSED);
  }

  private void clientGone() {
    fail(upload.isDone() ? ForwardFailure.CLIENT_GONE : ForwardFailure.CLIENT_CLOSED);
  }

  // ---- what the response body reports

  @Override
  public void pauseReading() {
    if (connection != null) {
      connection.pause();
    }
  }

  @Override
  public void resumeReading() {
    if (connection != null) {
      backendMovedAt = System.nanoTime();
      connection.resume();
      deadlineMoved();
    }
  }

  @Override
  public void stalled() {
    deadlineMoved();
  }

  @Override
  public void delivered() {
    if (!over) {
      upload.stop();
      finish();
    }
  }

  @Override
  public void abandoned() {
    fail(ForwardFailure.CLIENT_GONE);
  }

  // ---- timeouts

  /** A nearer deadline may apply from now on. */
  void deadlineMoved() {
    long next = deadline();
    if (over || next == Long.MAX_VALUE) {
      return;
    }
    if (connection != null) {
      connection.wakeAt(next);
    } else {
      ownTimer.wakeAt(next);
    }
  }

  void timerFired() {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    var late = upload.overdue(now, clientIdleNanos(), streamingNanos());
    if (late == null && isBackendsTurn() && now - backendMovedAt >= socketNanos()) {
      late = ForwardFailure.BACKEND_SILENT;
    }
    if (late == null && answer.isStalled() && now - answer.stalledSince() >= streamingNanos()) {
      late = ForwardFailure.CLIENT_SLOW;
    }
    if (late != null) {
      fail(late);
    } else {
      deadlineMoved();
    }
  }

  /** Nanosecond clock values wrap, so the earliest is found by differences from now. */
  private long deadline() {
    long now = System.nanoTime();
    long left = Long.MAX_VALUE;
    long ofUpload = upload.deadline(clientIdleNanos(), streamingNanos());
    if (ofUpload != Long.MAX_VALUE) {
      left = ofUpload - now;
    }
    if (isBackendsTurn()) {
      left = Math.min(left, backendMovedAt + socketNanos() - now);
    }
    if (answer.isStalled()) {
      left = Math.min(left, answer.stalledSince() + streamingNanos() - now);
    }
    return left == Long.MAX_VALUE ? left : now + left;
  }

  private boolean isBackendsTurn() {
    return connection != null && upload.isDone() && !answer.isEnded() && !answer.isPaused();
  }

  private long socketNanos() {
    return request.socketTimeout().toNanos();
  }

  private long streamingNanos() {
    return request.streamingTimeout().toNanos();
  }

  private long clientIdleNanos() {
    return client.settings().clientIdleTimeout().toNanos();
  }

  // ---- ends

  private void ended() {
    boolean reusable = answer.isReusable() && upload.isDone();
    var streamed = answer.streamForTrailers();
    if (streamed != null) {
      response.complete(streamed);
    }
    // before the slot is released, or the next request would open a second connection
    detach(reusable);
    if (answer.isStreamed()) {
      answer.complete();
    } else {
      var whole = answer.strict();
      finish();
      afterUpload(() -> response.complete(whole));
    }
  }

  private void finish() {
    over = true;
    ownTimer.cancel();
    outcome.complete(answer.outcome());
  }

  private void fail(ForwardFailure reason) {
    if (over) {
      return;
    }
    // connections that this client closes are not the backend's fault
    var failure = client.isClosed() && reason.outcome().ejects() ? ForwardFailure.ABORTED : reason;
    over = true;
    ownTimer.cancel();
    detach(false);
    boolean keepsBusy = answer.isBusy() && !failure.outcome().ejects();
    outcome.complete(keepsBusy ? Outcome.INSTANCE_BUSY : failure.outcome());
    var cause = failure.refusal().asException();
    if (answer.isStreamed()) {
      upload.stop();
      answer.fail(cause);
    } else if (failure.byClient()) {
      upload.stop();
      response.completeExceptionally(cause);
    } else {
      afterUpload(() -> response.completeExceptionally(cause));
    }
  }

  /** Reads on for a while, or the client would see its connection close instead of the answer. */
  private void afterUpload(Runnable then) {
    if (upload.isDone()) {
      then.run();
      return;
    }
    long limit =
        request.expectsContinue() && upload.isRepeatable() ? 0 : client.settings().drainLimit();
    upload.discard(limit, then);
    if (!upload.isDone()) {
      var wait = client.settings().drainTimeout();
      var stop =
          loop.schedule(upload::stop, wait.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
      var unused = response.whenComplete((done, failed) -> stop.cancel(false));
    }
  }

  private void detach(boolean reusable) {
    var used = connection;
    connection = null;
    if (used != null) {
      used.release(reusable);
    }
  }
}
