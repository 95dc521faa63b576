package io.maitred.router.backend;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.RequestEntity;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import io.maitred.router.model.ForwardFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A request's body on its way to the backend. A strict one is written with the head; another one is
 * pulled, a few pieces at a time, as long as the connection takes them. Confined to the event loop.
 */
final class Upload implements Subscriber<ByteString> {
  /** Pieces asked for ahead; each is at most one read of the client's connection. */
  private static final int WINDOW = 4;

  private static final byte[] LINE_END = {'\r', '\n'};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private enum State {
    UNTOUCHED,
    SENDING,
    DISCARDING,
    DONE
  }

  private final Exchange exchange;
  private final RequestEntity entity;
  private final EventLoop loop;
  private final Materializer materializer;
  private final boolean chunked;
  private State state;
  private @Nullable BackendConnection connection;
  private @Nullable Subscription subscription;
  private @Nullable Runnable afterDiscard;
  private long discardLimit;
  private int asked;
  private int owed;
  private long movedAt;

  Upload(Exchange exchange, RequestEntity entity, EventLoop loop, Materializer materializer) {
    this.exchange = exchange;
    this.entity = entity;
    this.loop = loop;
    this.materializer = materializer;
    this.chunked = entity.isChunked();
    this.state = entity.isStrict() ? State.DONE : State.UNTOUCHED;
  }

  /** Nothing of the client's body has been taken that could not be taken again. */
  boolean isRepeatable() {
    return entity.isStrict() || state == State.UNTOUCHED;
  }

  boolean isDone() {
    return state == State.DONE;
  }

  /** Writes the head and, if it is there already, the body. */
  void start(BackendConnection to, ByteString head) {
    connection = to;
    if (entity instanceof HttpEntity.Strict strict) {
      var data = strict.getData();
      var buffer = append(to.buffer(head.length() + data.length()), head);
      to.write(append(buffer, data));
      return;
    }
    to.write(append(to.buffer(head.length()), head));
    state = State.SENDING;
    subscribe();
  }

  /**
   * Reads the rest and throws it away, so that the client reads its answer before it sees the
   * connection close. The action runs once: at the end of the body, at the limit, or when {@link
   * #stop} is called.
   */
  void discard(long limit, Runnable then) {
    if (state == State.DONE) {
      then.run();
      return;
    }
    boolean fresh = state == State.UNTOUCHED;
    state = State.DISCARDING;
    connection = null;
    discardLimit = limit;
    afterDiscard = then;
    if (limit <= 0) {
      stop();
    } else if (fresh) {
      subscribe();
    } else {
      askForOwed();
    }
  }

  /**
   * Takes no more of the client's body. It is not cancelled: Akka HTTP would drop the connection
   * before the answer is out. Unread, it makes Akka HTTP close the connection after the answer.
   */
  void stop() {
    if (state != State.DONE) {
      state = State.DONE;
      connection = null;
      discarded();
    }
  }

  void writable() {
    if (state == State.SENDING && owed > 0) {
      askForOwed();
    }
  }

  /** When to look at {@link #overdue} next, or {@link Long#MAX_VALUE}. */
  long deadline(long clientIdleNanos, long streamingNanos) {
    if (state != State.SENDING) {
      return Long.MAX_VALUE;
    }
    return movedAt + (isBlocked() ? streamingNanos : clientIdleNanos);
  }

  @Nullable ForwardFailure overdue(long now, long clientIdleNanos, long streamingNanos) {
    if (state != State.SENDING || now - deadline(clientIdleNanos, streamingNanos) < 0) {
      return null;
    }
    return isBlocked() ? ForwardFailure.UPLOAD_STALLED : ForwardFailure.CLIENT_IDLE;
  }

  /** The backend takes nothing, so the client is asked for nothing. */
  private boolean isBlocked() {
    return asked == 0 && owed > 0;
  }

  @Override
  public void onSubscribe(Subscription to) {
    loop.execute(
        () -> {
          subscription = to;
          if (state != State.DONE) {
            ask(WINDOW);
          }
        });
  }

  @Override
  public void onNext(ByteString piece) {
    loop.execute(() -> received(piece));
  }

  @Override
  public void onError(Throwable cause) {
    loop.execute(
        () -> {
          boolean sending = state == State.SENDING;
          state = State.DONE;
          if (sending) {
            exchange.clientClosed();
          } else {
            discarded();
          }
        });
  }

  @Override
  public void onComplete() {
    loop.execute(
        () -> {
          boolean sending = state == State.SENDING;
          state = State.DONE;
          if (sending && connection != null) {
            if (chunked) {
              connection.write(connection.buffer(LAST_CHUNK.length).writeBytes(LAST_CHUNK));
            }
            connection = null;
            exchange.uploaded();
          } else {
            discarded();
          }
        });
  }

  private void received(ByteString piece) {
    asked--;
    owed++;
    movedAt = System.nanoTime();
    if (state == State.DISCARDING) {
      discardLimit -= piece.length();
      if (discardLimit <= 0) {
        stop();
      } else {
        askForOwed();
      }
    } else if (state == State.SENDING && connection != null) {
      connection.write(framed(connection, piece));
      if (connection != null && connection.isWritable()) {
        askForOwed();
      } else if (asked == 0) {
        exchange.deadlineMoved();
      }
    }
  }

  private ByteBuf framed(BackendConnection to, ByteString piece) {
    if (!chunked) {
      return append(to.buffer(piece.length()), piece);
    }
    var size = Integer.toHexString(piece.length()).getBytes(StandardCharsets.ISO_8859_1);
    var buffer = to.buffer(size.length + piece.length() + 4).writeBytes(size).writeBytes(LINE_END);
    return append(buffer, piece).writeBytes(LINE_END);
  }

  private static ByteBuf append(ByteBuf buffer, ByteString bytes) {
    for (var part : bytes.getByteBuffers()) {
      buffer.writeBytes(part);
    }
    return buffer;
  }

  private void subscribe() {
    movedAt = System.nanoTime();
    entity.getDataBytes().runWith(Sink.fromSubscriber(this), materializer);
  }

  private void ask(int n) {
    boolean wasBlocked = isBlocked();
    asked += n;
    movedAt = System.nanoTime();
    if (subscription != null) {
      subscription.request(n);
    }
    if (wasBlocked) {
      exchange.deadlineMoved();
    }
  }

  private void askForOwed() {
    int n = owed;
    if (n > 0) {
      ask(n);
      owed = 0;
    }
  }

  private void discarded() {
    var then = afterDiscard;
    afterDiscard = null;
    if (then != null) {
      then.run();
    }
  }
}
