package io.maitred.discovery;

import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.Instance;
import java.util.Optional;

/** What callers wait for at every router (contract waiter 3.10). */
public enum Goal {
  /** The router no longer lists the service. */
  DELETED,
  /** The router lists the service. */
  EXISTS,
  /** The router knows a healthy instance of it. */
  HEALTHY;

  /**
   * @param view what the router knows of the service, if it lists it
   */
  public boolean reached(Optional<ServiceView> view) {
    return switch (this) {
      case DELETED -> view.isEmpty();
      case EXISTS -> view.isPresent();
      case HEALTHY -> view.isPresent() && view.get().active().stream().anyMatch(Instance::healthy);
    };
  }
}
