package io.maitred.scheduler.kubernetes;

/** Names of labels and annotations (contract waiter 9.7), and two of Maitred's own. */
final class Labels {
  static final String APP = "app";
  static final String CLUSTER = "waiter/cluster";
  static final String FILESERVER = "waiter/fileserver";
  static final String RAVEN = "waiter/raven";
  static final String SERVICE_HASH = "waiter/service-hash";
  static final String USER = "waiter/user";

  static final String SERVICE_ID = "waiter/service-id";
  static final String REVISION = "waiter/revision-timestamp";
  static final String REVISION_VERSION = "waiter/revision-version";
  static final String RUN_AS_USER_SOURCE = "waiter/run-as-user-source";
  static final String TOKEN = "waiter/token";
  static final String PORT_COUNT = "waiter/port-count";
  static final String PORT_PROTOCOL = "waiter/port-onto-protocol";
  static final String SERVICE_PORT = "waiter/service-port";
  static final String EXPIRED = "waiter/pod-expired";

  /** The whole description of the service as JSON: what is needed to take it over. */
  static final String DESCRIPTION = "maitred/service-description";

  /** Kubernetes removes the pod with the lowest cost first. */
  static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

  /** The service's container; the first one of its pods. */
  static final String CONTAINER = "waiter-app";

  private Labels() {}
}
