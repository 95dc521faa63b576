package io.maitred.scheduler.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.maitred.scheduler.StateThread;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one kind, kept up to date by an informer. What was seen last stays while the API
 * server is away. An informer repeats its watch by itself, and its list when the server has
 * forgotten where the watch was; one that is without a watch for long is replaced by a new one that
 * lists everything again. Confined to the adapter's thread.
 */
final class ResourceWatch<T extends HasMetadata> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceWatch.class);
  private static final String INDEX = "key";

  private final String what;
  private final Supplier<SharedIndexInformer<T>> maker;
  private final Function<T, String> key;
  private final StateThread thread;
  private final Duration patience;
  private final Consumer<String> changed;
  private final Runnable listed;
  private @Nullable SharedIndexInformer<T> current;
  private @Nullable SharedIndexInformer<T> next;
  private @Nullable Instant awaySince;
  private boolean closed;

  /**
   * @param maker of informers that do not run yet
   * @param key under which objects are looked up, as {@code namespace/app}
   * @param patience without a watch before everything is listed again
   * @param changed told the key of each change, on any thread
   * @param listed everything was listed; on the adapter's thread
   */
  ResourceWatch(
      String what,
      Supplier<SharedIndexInformer<T>> maker,
      Function<T, String> key,
      StateThread thread,
      Duration patience,
      Consumer<String> changed,
      Runnable listed) {
    this.what = what;
    this.maker = maker;
    this.key = key;
    this.thread = thread;
    this.patience = patience;
    this.changed = changed;
    this.listed = listed;
  }

  /** Begins to list and to watch. */
  void start() {
    var informer = maker.get();
    next = informer;
    informer.addIndexers(Map.of(INDEX, object -> List.of(key.apply(object))));
    informer.exceptionHandler((started, failure) -> true);
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T object) {
            changed.accept(key.apply(object));
          }

          @Override
          public void onUpdate(T before, T after) {
            changed.accept(key.apply(after));
          }

          @Override
          public void onDelete(T object, boolean finalStateUnknown) {
            changed.accept(key.apply(object));
          }
        });
    var unused =
        informer
            .start()
            .handle(
                (done, failure) -> {
                  if (failure == null) {
                    thread.stepUnlessClosed(() -> started(informer));
                  }
                  return null; // a failure: it was stopped
                });
  }

  private void started(SharedIndexInformer<T> informer) {
    if (closed || informer != next) {
      informer.stop();
      return;
    }
    if (current != null) {
      current.stop();
    }
    current = informer;
    next = null;
    awaySince = null;
    LOG.info("Watching {} {}", informer.getStore().list().size(), what);
    listed.run();
  }

  /**
   * To be called again and again. What happened without a watch is told by a list: when the watch
   * is back, or has been away for too long.
   *
   * @return whether there is a watch now
   */
  boolean look(Instant now) {
    if (closed || current == null) {
      return false;
    }
    boolean watching = current.isRunning() && current.isWatching();
    if (next != null) {
      return watching;
    }
    if (!watching && awaySince == null) {
      awaySince = now;
    } else if (watching && awaySince != null) {
      start();
    } else if (awaySince != null && awaySince.plus(patience).isBefore(now)) {
      LOG.warn("No watch of {} since {}; what was seen last holds", what, awaySince);
      start();
    }
    return watching;
  }

  /** Whether everything was listed once. */
  boolean known() {
    return current != null;
  }

  List<T> at(String place) {
    return current == null ? List.of() : current.getIndexer().byIndex(INDEX, place);
  }

  List<T> all() {
    return current == null ? List.of() : current.getStore().list();
  }

  @Override
  public void close() {
    closed = true;
    if (current != null) {
      current.stop();
    }
    if (next != null) {
      next.stop();
    }
  }
}
