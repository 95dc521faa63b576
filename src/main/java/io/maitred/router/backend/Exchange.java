package io.maitred.router.backend;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import akka.util.ByteString;
import io.maitred.reservation.model.Outcome;
import io.maitred.router.model.ForwardFailure;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
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
  private static final int STRICT_LIMIT = 64 * 1024;

  private final BackendClient client;
  private final BackendAddress address;
  private final BackendRequest request;
  private final EventLoop loop;
  private final Upload upload;
  private final LazyTimer ownTimer;
  private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  private @Nullable BackendConnection connection;
  private io.netty.handler.codec.http.@Nullable HttpResponse head;
  private @Nullable ResponseBody<?> body;
  private ByteString early = ByteString.emptyByteString();
  private boolean interim;
  private boolean retried;
  private boolean answerEnded;
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
    this.ownTimer = new LazyTimer(loop, this::timerFired);
  }

  /**
   * The backend's answer, or a {@link io.maitred.common.RefusedException}. A streamed body must be
   * consumed or cancelled; if it is neither, the streaming timeout ends it. Completes on an event
   * loop: dependents must not block.
   */
  public CompletionStage<HttpResponse> response() {
    return response.minimalCompletionStage();
  }

  /** How it ended; completes exactly once, never with a failure, on an event loop. */
  public CompletionStage<Outcome> outcome() {
    return outcome.minimalCompletionStage();
  }

  /** The client is gone: gives everything up. Does nothing when the exchange is over. */
  public void cancel() {
    loop.execute(() -> fail(ForwardFailure.CLIENT_GONE));
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
    fail(ForwardFailure.CONNECT);
  }

  // ---- what the connection reports

  void headRead(io.netty.handler.codec.http.HttpResponse read) {
    backendMovedAt = System.nanoTime();
    int status = read.status().code();
    if (read.decoderResult().isFailure() || status == 101) {
      fail(ForwardFailure.BACKEND_BROKEN);
    } else if (status < 200) {
      interim = true;
    } else {
      head = read;
    }
  }

  void contentRead(HttpContent content) {
    backendMovedAt = System.nanoTime();
    if (interim) {
      interim = !(content instanceof LastHttpContent);
      return;
    }
    if (content.decoderResult().isFailure() || head == null) {
      fail(ForwardFailure.BACKEND_BROKEN);
      return;
    }
    var bytes = bytes(content);
    if (body != null) {
      body.offer(bytes);
    } else {
      early = early.isEmpty() ? bytes : early.concat(bytes);
    }
    if (content instanceof LastHttpContent last) {
      ended(head, last);
    } else if (body == null && early.length() > STRICT_LIMIT) {
      stream(head);
    }
  }

  /** Nothing more can be read at the moment: an answer that is not complete is streamed. */
  void readPaused() {
    if (head != null && body == null && !answerEnded) {
      stream(head);
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
    finish();
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
    if (late == null && bodyStalled() && now - stalledSince() >= streamingNanos()) {
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
    if (bodyStalled()) {
      left = Math.min(left, stalledSince() + streamingNanos() - now);
    }
    return left == Long.MAX_VALUE ? left : now + left;
  }

  private boolean isBackendsTurn() {
    return connection != null
        && upload.isDone()
        && !answerEnded
        && (body == null || !body.isPaused());
  }

  private boolean bodyStalled() {
    return body != null && body.isStalled();
  }

  private long stalledSince() {
    return body == null ? 0 : body.stalledSince();
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

  // ---- the answer

  private void stream(io.netty.handler.codec.http.HttpResponse read) {
    long length = HttpUtil.isTransferEncodingChunked(read) ? -1 : ResponseHead.contentLength(read);
    if (length >= 0) {
      var sized = new ResponseBody<ByteString>(loop, this, bytes -> bytes);
      body = sized;
      sized.offer(early);
      response.complete(ResponseHead.sized(read, length, sized));
    } else {
      response.complete(ResponseHead.chunked(read, chunks()));
    }
    early = ByteString.emptyByteString();
  }

  private ResponseBody<akka.http.scaladsl.model.HttpEntity.ChunkStreamPart> chunks() {
    var chunks =
        new ResponseBody<akka.http.scaladsl.model.HttpEntity.ChunkStreamPart>(
            loop,
            this,
            bytes ->
                (akka.http.scaladsl.model.HttpEntity.ChunkStreamPart)
                    HttpEntity.ChunkStreamPart.create(bytes));
    body = chunks;
    chunks.offer(early);
    return chunks;
  }

  private void ended(io.netty.handler.codec.http.HttpResponse read, LastHttpContent last) {
    answerEnded = true;
    boolean reusable = HttpUtil.isKeepAlive(read) && isFramed(read) && upload.isDone();
    var trailers = last.trailingHeaders();
    if (body == null && !trailers.isEmpty() && HttpUtil.isTransferEncodingChunked(read)) {
      stream(read);
    }
    detach(reusable);
    if (body != null) {
      complete(body, trailers);
    } else {
      answer(read);
    }
  }

  /** Without length or chunks the body ends with the connection. */
  private boolean isFramed(io.netty.handler.codec.http.HttpResponse read) {
    int status = read.status().code();
    return request.isHead()
        || status == 204
        || status == 304
        || HttpUtil.isTransferEncodingChunked(read)
        || HttpUtil.isContentLengthSet(read);
  }

  private void answer(io.netty.handler.codec.http.HttpResponse read) {
    var whole = ResponseHead.strict(read, request, early);
    early = ByteString.emptyByteString();
    over = true;
    ownTimer.cancel();
    outcome.complete(outcomeOf(read));
    afterUpload(() -> response.complete(whole));
  }

  @SuppressWarnings("unchecked")
  private static void complete(
      ResponseBody<?> body, io.netty.handler.codec.http.HttpHeaders trailers) {
    if (trailers.isEmpty()) {
      body.complete(null);
      return;
    }
    var last =
        (akka.http.scaladsl.model.HttpEntity.ChunkStreamPart)
            HttpEntity.ChunkStreamPart.createLast("", ResponseHead.trailers(trailers));
    ((ResponseBody<akka.http.scaladsl.model.HttpEntity.ChunkStreamPart>) body).complete(last);
  }

  private void finish() {
    if (!over && head != null) {
      over = true;
      ownTimer.cancel();
      upload.stop();
      outcome.complete(outcomeOf(head));
    }
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
    boolean busy = head != null && head.status().code() == 503;
    boolean keepsBusy = busy && !failure.outcome().ejects();
    outcome.complete(keepsBusy ? Outcome.INSTANCE_BUSY : failure.outcome());
    var cause = failure.refusal().asException();
    if (body != null) {
      upload.stop();
      body.fail(cause);
    } else if (failure.byClient()) {
      upload.stop();
      response.completeExceptionally(cause);
    } else {
      afterUpload(() -> response.completeExceptionally(cause));
    }
  }

  /** Reads on for a while, or the client would see its connection close instead of the answer. */
  private void afterUpload(Runnable answer) {
    if (upload.isDone()) {
      answer.run();
      return;
    }
    long limit =
        request.expectsContinue() && upload.isRepeatable() ? 0 : client.settings().drainLimit();
    upload.discard(limit, answer);
    if (!upload.isDone()) {
      var wait = client.settings().drainTimeout();
      var stop =
          loop.schedule(upload::stop, wait.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
      response.whenComplete((done, failed) -> stop.cancel(false));
    }
  }

  private void detach(boolean reusable) {
    var used = connection;
    connection = null;
    if (used != null) {
      used.release(reusable);
    }
  }

  private static Outcome outcomeOf(io.netty.handler.codec.http.HttpResponse head) {
    return head.status().code() == 503 ? Outcome.INSTANCE_BUSY : Outcome.SUCCESS;
  }

  private static ByteString bytes(HttpContent content) {
    var buffer = content.content();
    if (!buffer.isReadable()) {
      return ByteString.emptyByteString();
    }
    var copy = new byte[buffer.readableBytes()];
    buffer.readBytes(copy);
    return ByteString.fromArrayUnsafe(copy);
  }
}
