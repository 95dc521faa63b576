package io.maitred.router.backend;

import akka.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import akka.util.ByteString;
import io.maitred.reservation.model.Outcome;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * A backend's answer while it is read. What is complete when reading pauses becomes a strict
 * response, anything else a stream. Confined to the event loop.
 */
final class Answer {
  private static final int STRICT_LIMIT = 64 * 1024;

  private final boolean toHead;
  private final EventLoop loop;
  private final ResponseBody.Owner owner;
  private @Nullable HttpResponse head;
  private @Nullable ResponseBody<ByteString> bytes;
  private @Nullable ResponseBody<ChunkStreamPart> chunks;
  private ByteString early = ByteString.emptyByteString();
  private HttpHeaders trailers = new DefaultHttpHeaders();
  private boolean interim;
  private boolean ended;

  /**
   * @param toHead the request was HEAD: there is no body
   */
  Answer(boolean toHead, EventLoop loop, ResponseBody.Owner owner) {
    this.toHead = toHead;
    this.loop = loop;
    this.owner = owner;
  }

  /** False when it is not HTTP/1.1, or switches to something else. Interim answers are skipped. */
  boolean headRead(HttpResponse read) {
    int status = read.status().code();
    if (read.decoderResult().isFailure() || status == 101 || head != null) {
      return false;
    }
    interim = status < 200;
    if (!interim) {
      head = read;
    }
    return true;
  }

  /** False when the body is malformed. */
  boolean contentRead(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      return false;
    }
    if (interim) {
      interim = !(content instanceof LastHttpContent);
      return true;
    }
    if (head == null || ended) {
      return false;
    }
    if (content.content().isReadable()) {
      take(copy(content));
    }
    if (content instanceof LastHttpContent last) {
      ended = true;
      trailers = last.trailingHeaders();
    }
    return true;
  }

  boolean isEnded() {
    return ended;
  }

  /** A head has come, and nobody has been told. */
  boolean isWaiting() {
    return head != null && !ended && !isStreamed();
  }

  boolean isTooLargeToWait() {
    return isWaiting() && early.length() > STRICT_LIMIT;
  }

  boolean isStreamed() {
    return bytes != null || chunks != null;
  }

  /** The backend refused the request because it has enough to do. */
  boolean isBusy() {
    return head != null && head.status().code() == 503;
  }

  Outcome outcome() {
    return isBusy() ? Outcome.INSTANCE_BUSY : Outcome.SUCCESS;
  }

  /** Whether the connection may serve another request once the answer has ended. */
  boolean isReusable() {
    var read = read();
    int status = read.status().code();
    // without length or chunks the body ends with the connection
    boolean framed =
        toHead
            || status == 204
            || status == 304
            || HttpUtil.isTransferEncodingChunked(read)
            || HttpUtil.isContentLengthSet(read);
    return framed && HttpUtil.isKeepAlive(read);
  }

  akka.http.javadsl.model.HttpResponse strict() {
    return ResponseHead.strict(read(), toHead, early);
  }

  /** The answer with what has come so far; the rest follows in its body. */
  akka.http.javadsl.model.HttpResponse stream() {
    var read = read();
    long length =
        HttpUtil.isTransferEncodingChunked(read) ? -1 : HttpUtil.getContentLength(read, -1L);
    var sofar = early;
    early = ByteString.emptyByteString();
    if (length >= 0) {
      var body = new ResponseBody<ByteString>(loop, owner, data -> data);
      bytes = body;
      body.offer(sofar);
      return ResponseHead.sized(read, length, body);
    }
    var body = new ResponseBody<>(loop, owner, ResponseHead::chunk);
    chunks = body;
    body.offer(sofar);
    return ResponseHead.chunked(read, body);
  }

  /** A complete answer has to be streamed nevertheless when it has trailers; else null. */
  akka.http.javadsl.model.@Nullable HttpResponse streamForTrailers() {
    boolean needed =
        !isStreamed() && !trailers.isEmpty() && HttpUtil.isTransferEncodingChunked(read());
    return needed ? stream() : null;
  }

  /** The backend has sent everything. */
  void complete() {
    if (bytes != null) {
      bytes.complete(null);
    } else if (chunks != null) {
      chunks.complete(trailers.isEmpty() ? null : ResponseHead.lastChunk(trailers));
    }
  }

  void fail(Throwable cause) {
    if (bytes != null) {
      bytes.fail(cause);
    } else if (chunks != null) {
      chunks.fail(cause);
    }
  }

  /** The client takes too little, so nothing is read. */
  boolean isPaused() {
    var body = body();
    return body != null && body.isPaused();
  }

  /** Data waits for the client since {@link #stalledSince}. */
  boolean isStalled() {
    var body = body();
    return body != null && body.isStalled();
  }

  long stalledSince() {
    var body = body();
    return body == null ? 0 : body.stalledSince();
  }

  private void take(ByteString data) {
    var body = body();
    if (body != null) {
      body.offer(data);
    } else {
      early = early.isEmpty() ? data : early.concat(data);
    }
  }

  private @Nullable ResponseBody<?> body() {
    return bytes != null ? bytes : chunks;
  }

  private HttpResponse read() {
    if (head == null) {
      throw new IllegalStateException("no answer yet");
    }
    return head;
  }

  private static ByteString copy(HttpContent content) {
    var data = new byte[content.content().readableBytes()];
    content.content().readBytes(data);
    return ByteString.fromArrayUnsafe(data);
  }
}
