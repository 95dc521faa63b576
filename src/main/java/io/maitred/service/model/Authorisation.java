package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.Optional;

/** Whether a caller may use a service (contract waiter 6.2). */
public final class Authorisation {
  private Authorisation() {}

  /** Empty when the caller may start the service and send it requests. */
  public static Optional<Refusal> check(
      Descriptor descriptor, String caller, Entitlements entitlements) {
    if (!mayRun(descriptor, caller, entitlements)) {
      return forbidden(descriptor, caller, "Authenticated user cannot run service");
    }
    if (!descriptor.authenticationDisabled() && !permitted(descriptor, caller)) {
      return forbidden(descriptor, caller, "This user isn't allowed to invoke this service");
    }
    return Optional.empty();
  }

  /** Whether the caller may start the service. */
  public static boolean mayRun(Descriptor descriptor, String caller, Entitlements entitlements) {
    var user = descriptor.effective().string("run-as-user");
    return descriptor.preAuthorised()
        || descriptor.authenticationDisabled()
        || (user != null && entitlements.mayRunAs(caller, user));
  }

  private static boolean permitted(Descriptor descriptor, String caller) {
    var permitted = descriptor.effective().string("permitted-user");
    return "*".equals(permitted) || ":any".equals(permitted) || caller.equals(permitted);
  }

  private static Optional<Refusal> forbidden(Descriptor descriptor, String caller, String message) {
    return Optional.of(
        Refusal.of(403, message)
            .errorClass("waiter.ServiceForbidden")
            .with("authenticated-user", caller)
            .with("service-id", descriptor.id().value()));
  }
}
