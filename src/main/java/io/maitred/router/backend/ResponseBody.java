package io.maitred.router.backend;

import akka.util.ByteString;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A backend's body as a publisher with one subscriber. Holds what was read beyond the demand, and
 * pauses reading when that is too much. Confined to the event loop; the subscription may be used
 * from any thread.
 *
 * @param <T> what Akka HTTP wants: bytes, or chunks
 */
final class ResponseBody<T> implements Publisher<T>, Subscription {
  /** What the owner does about the body's progress. */
  interface Owner {
    /** Reading must stop: enough is held. */
    void pauseReading();

    /** Little is held: reading may go on. */
    void resumeReading();

    /** Data is held and nobody takes it, since now. */
    void stalled();

    /** The subscriber has got everything. */
    void delivered();

    /** The subscriber left. */
    void abandoned();
  }

  private static final int PAUSE_ABOVE = 128 * 1024;
  private static final int RESUME_BELOW = 32 * 1024;

  private final EventLoop loop;
  private final Owner owner;
  private final Function<ByteString, T> element;
  private final ArrayDeque<ByteString> held = new ArrayDeque<>();
  private @Nullable Subscriber<? super T> subscriber;
  private @Nullable T last;
  private @Nullable Throwable failure;
  private long demand;
  private long heldBytes;
  private boolean paused;
  private boolean complete;
  private boolean over;
  private boolean stalled;
  private long stalledSince;

  ResponseBody(EventLoop loop, Owner owner, Function<ByteString, T> element) {
    this.loop = loop;
    this.owner = owner;
    this.element = element;
  }

  void offer(ByteString bytes) {
    if (over || bytes.isEmpty()) {
      return;
    }
    held.addLast(bytes);
    heldBytes += bytes.length();
    deliver();
  }

  /** The backend has sent everything; the last element, if any, goes out after the data. */
  void complete(@Nullable T lastElement) {
    complete = true;
    last = lastElement;
    deliver();
  }

  /** The subscriber sees a failure, at once. */
  void fail(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    clear();
    if (subscriber == null) {
      failure = cause;
    } else {
      subscriber.onError(cause);
    }
  }

  /** Since when data waits for a subscriber that takes none; meaningful if {@link #isStalled}. */
  long stalledSince() {
    return stalledSince;
  }

  boolean isStalled() {
    return stalled;
  }

  boolean isPaused() {
    return paused;
  }

  @Override
  public void subscribe(Subscriber<? super T> asking) {
    if (loop.inEventLoop()) {
      accept(asking);
    } else {
      loop.execute(() -> accept(asking));
    }
  }

  @Override
  public void request(long n) {
    if (loop.inEventLoop()) {
      demanded(n);
    } else {
      loop.execute(() -> demanded(n));
    }
  }

  @Override
  public void cancel() {
    if (loop.inEventLoop()) {
      abandon();
    } else {
      loop.execute(this::abandon);
    }
  }

  private void accept(Subscriber<? super T> asking) {
    if (subscriber != null) {
      asking.onSubscribe(new Refused());
      asking.onError(new IllegalStateException("a body has one subscriber"));
      return;
    }
    subscriber = asking;
    asking.onSubscribe(this);
    if (failure != null) {
      asking.onError(failure);
    }
  }

  private void demanded(long n) {
    demand = n > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + n;
    deliver();
  }

  private void deliver() {
    if (over) {
      return;
    }
    var to = subscriber;
    while (to != null && demand > 0 && !held.isEmpty() && !over) {
      var bytes = held.removeFirst();
      heldBytes -= bytes.length();
      demand--;
      stalled = false;
      to.onNext(element.apply(bytes));
    }
    if (to != null && held.isEmpty() && complete && !over) {
      finish(to);
      return;
    }
    regulate();
  }

  private void finish(Subscriber<? super T> to) {
    if (last != null) {
      if (demand == 0) {
        regulate();
        return;
      }
      to.onNext(last);
    }
    over = true;
    to.onComplete();
    owner.delivered();
  }

  private void regulate() {
    boolean waits = (!held.isEmpty() || complete) && demand == 0;
    if (waits && !stalled) {
      stalledSince = System.nanoTime();
      stalled = true;
      owner.stalled();
    }
    stalled = waits;
    if (!paused && heldBytes > PAUSE_ABOVE) {
      paused = true;
      owner.pauseReading();
    } else if (paused && heldBytes < RESUME_BELOW) {
      paused = false;
      owner.resumeReading();
    }
  }

  private void abandon() {
    if (!over) {
      over = true;
      clear();
      owner.abandoned();
    }
  }

  private void clear() {
    held.clear();
    heldBytes = 0;
    stalled = false;
  }

  /** Handed to a second subscriber only. */
  private static final class Refused implements Subscription {
    @Override
    public void request(long n) {
      // gets an error instead of elements
    }

    @Override
    public void cancel() {
      // holds nothing
    }
  }
}
