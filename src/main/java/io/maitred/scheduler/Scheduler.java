package io.maitred.scheduler;

import io.maitred.common.CborSerializable;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The port to what starts and stops instances. Methods return at once; work happens on the
 * adapter's own threads. A stage fails only on a defect or when the engine is away: refusals are
 * values.
 */
public interface Scheduler extends AutoCloseable {

  /** Kind as in configuration and {@code /settings}: {@code local}, {@code kubernetes}, ... */
  String kind();

  /**
   * Starts watching. The listener gets the report of every service that exists at first, later each
   * report that changed; {@link Watcher#gone} when a service was forgotten. Calls are serialized
   * and come on the adapter's thread.
   */
  void watch(Watcher watcher);

  /** Starts a service with one instance, unless it exists. */
  CompletionStage<Result> create(ServiceSpec spec);

  /**
   * Raises the number of requested instances to {@code target}; lower targets are ignored unless
   * {@code force}, which lowers the request of a pending scale-up but kills nothing.
   */
  CompletionStage<Result> scale(ServiceId id, int target, boolean force);

  /** Kills one instance and lowers the requested number by one. */
  CompletionStage<Result> kill(ServiceId id, InstanceId instance);

  /** Kills all instances and forgets the service; done when no process is left. */
  CompletionStage<Result> delete(ServiceId id);

  CompletionStage<Result> signal(
      ServiceId id, InstanceId instance, Signal signal, @Nullable Duration timeout);

  /** Lists a directory of an instance's sandbox; relative path, empty for its root. */
  CompletionStage<List<LogEntry>> logs(ServiceId id, InstanceId instance, String path);

  /** Stops the adapter. Instances go on running. */
  @Override
  void close();

  /** Receives reports. */
  interface Watcher {
    /** Everything that exists at the start; called once, first. */
    void initial(List<ServiceReport> reports);

    void changed(ServiceReport report);

    void gone(ServiceId id);
  }

  /** Contract waiter 3.11. */
  enum Signal {
    SOFT_KILL,
    FORCE_KILL,
    EXPIRE
  }

  /**
   * Outcome of an order.
   *
   * @param status as an HTTP status: 200 done, 400 refused, 404 no such service or instance, 500
   *     failed
   */
  record Result(int status, String message) implements CborSerializable {
    public boolean success() {
      return status == 200;
    }
  }

  /**
   * @param type {@code file} or {@code directory}
   * @param path relative path, for directories
   * @param url where to read it, for files
   */
  record LogEntry(String name, long size, String type, @Nullable String path, @Nullable String url)
      implements CborSerializable {}

  /** Convenience for callers that only care for changes. */
  static Watcher onChange(Consumer<ServiceReport> changed, Consumer<ServiceId> gone) {
    return new Watcher() {
      @Override
      public void initial(List<ServiceReport> reports) {
        reports.forEach(changed);
      }

      @Override
      public void changed(ServiceReport report) {
        changed.accept(report);
      }

      @Override
      public void gone(ServiceId id) {
        gone.accept(id);
      }
    };
  }
}
