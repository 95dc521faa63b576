package io.maitred.scheduler.local;

import io.maitred.scheduler.local.model.LocalInstance;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An instance that has, or is about to have, processes. Confined to the adapter's thread. */
final class TrackedInstance {
  LocalInstance value;

  /** Null while the process is being started. */
  @Nullable ProcessIdentity process;

  /** Somebody is busy killing it. */
  boolean destroying;

  /** Done when no process is left. */
  final CompletableFuture<Void> gone = new CompletableFuture<>();

  TrackedInstance(LocalInstance value) {
    this.value = value;
  }
}
