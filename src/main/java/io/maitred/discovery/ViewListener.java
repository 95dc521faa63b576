package io.maitred.discovery;

import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;

/**
 * Told by {@link SchedulerSync} what it knows, for whoever is not on every node. Called on the
 * sync's own thread: must return at once, and only send messages.
 */
public interface ViewListener {
  /** A view is new, or is repeated (every sync interval), which wakes what was lost. */
  void changed(ServiceView view);

  /**
   * The service is no longer known to the scheduler. Repeated twice, at the next sync intervals,
   * unless the service is back.
   */
  void gone(ServiceId id, ServiceView.Version version);
}
