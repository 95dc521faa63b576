package io.maitred.testkit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that send one request after another to their nodes in turn until they are stopped. Like a
 * load balancer a client goes to its next node when nobody listens; that is no failure.
 */
public final class Load implements AutoCloseable {
  private static final long AFTER_REFUSAL = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * One request's end.
   *
   * @param began and {@code ended}: epoch milliseconds
   * @param status 0 when there was no whole answer
   * @param problem what went wrong; null when it was a 200
   */
  public record Outcome(
      NodeProcess node, long began, long ended, int status, @Nullable String problem) {
    public boolean failed() {
      return problem != null;
    }
  }

  private final String path;
  private final Map<String, String> headers;
  private final Duration limit;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> clients = new ArrayList<>();
  private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean stopped = new AtomicBoolean();

  /**
   * @param limit how long a client waits for each answer
   */
  public Load(String path, Map<String, String> headers, Duration limit) {
    this.path = path;
    this.headers = headers;
    this.limit = limit;
  }

  /** Adds clients that use these nodes. */
  public Load clients(int count, List<NodeProcess> nodes) {
    for (int i = 0; i < count; i++) {
      int first = i;
      clients.add(threads.submit(() -> run(nodes, first)));
    }
    return this;
  }

  private void run(List<NodeProcess> nodes, int first) {
    for (int turn = first; !stopped.get(); turn++) {
      var node = nodes.get(turn % nodes.size());
      long began = System.currentTimeMillis();
      try {
        var reply = node.http().attempt("GET", path, headers, "", limit);
        add(node, began, reply.status(), reply.status() == 200 ? null : reply.toString());
      } catch (ConnectException | HttpConnectTimeoutException e) {
        LockSupport.parkNanos(AFTER_REFUSAL);
      } catch (IOException e) {
        add(node, began, 0, e.toString());
      }
    }
  }

  private void add(NodeProcess node, long began, int status, @Nullable String problem) {
    outcomes.add(new Outcome(node, began, System.currentTimeMillis(), status, problem));
  }

  /** Waits until so many more requests than now have succeeded. */
  public void awaitSuccesses(int more, Duration within) {
    long target = successes() + more;
    Await.value(more + " more requests succeed", within, this::successes, now -> now >= target);
  }

  public long successes() {
    return outcomes.stream().filter(outcome -> !outcome.failed()).count();
  }

  public List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  public List<Outcome> failures() {
    return outcomes.stream().filter(Outcome::failed).toList();
  }

  /** Lets every client finish its request. */
  public void stop() {
    stopped.set(true);
    threads.shutdown();
    try {
      for (var client : clients) {
        client.get(limit.toMillis() + 10_000, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("a client did not end well", e);
    }
  }

  /** All clients go away in the middle of what they do. */
  public void abandon() {
    stopped.set(true);
    threads.shutdownNow();
  }

  @Override
  public void close() {
    abandon();
  }
}
