package io.maitred.scheduler.kubernetes;

import io.maitred.scheduler.kubernetes.model.KubernetesNames;
import io.maitred.service.model.ServiceDescription;
import org.jspecify.annotations.Nullable;

/** Which services may run in Kubernetes. */
final class Admission {
  private static final int MAX_MIN_INSTANCES_IN_DEFAULT = 4;

  private Admission() {}

  /** Why a service cannot be started, or null if it can. */
  static @Nullable String refusal(ServiceDescription effective, KubernetesSettings settings) {
    var user = String.valueOf(effective.string("run-as-user"));
    var namespace = effective.string("namespace");
    if ("docker".equals(effective.string("cmd-type"))) {
      return "The Kubernetes scheduler does not support cmd-type docker";
    }
    if (!KubernetesNames.isUser(user)) {
      return "The Kubernetes scheduler cannot run as user " + user;
    }
    if (effective.string("image") == null && settings.image().isBlank()) {
      return "The Kubernetes scheduler needs an image: the service names none, and there is no"
          + " default";
    }
    if (namespace != null && !namespace.equals(user)) {
      return "namespace must be the user to run as, %s: %s".formatted(user, namespace);
    }
    if (namespace != null && !namespace.equals(settings.namespace()) && !settings.allNamespaces()) {
      return "The Kubernetes scheduler may use the namespace %s only: %s"
          .formatted(settings.namespace(), namespace);
    }
    int min = effective.integer("min-instances");
    if (namespace == null && min > MAX_MIN_INSTANCES_IN_DEFAULT) {
      return "min-instances (%d) in the default namespace must be at most %d"
          .formatted(min, MAX_MIN_INSTANCES_IN_DEFAULT);
    }
    return null;
  }
}
