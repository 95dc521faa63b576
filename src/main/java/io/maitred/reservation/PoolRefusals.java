package io.maitred.reservation;

import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.service.model.Instance;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The errors of the queue, with the texts of contract waiter 6.4 to 6.6. */
final class PoolRefusals {
  private static final int MAX_REASONS = 3;

  private PoolRefusals() {}

  /** Counts that the client is told. */
  record Counts(int waiting, int inUse, int assigned, int available) {
    int outstanding() {
      return waiting + inUse;
    }
  }

  static Refusal queueLength(ServiceId service, Counts counts, int maxQueueLength) {
    return Refusal.of(503, "Max queue length exceeded")
        .errorClass("waiter.QueueLength")
        .with("service-id", service.value())
        .with("current-queue-length", counts.waiting())
        .with("max-queue-length", maxQueueLength)
        .with("outstanding-requests", counts.outstanding());
  }

  static Refusal backPressure(ServiceId service, Counts counts) {
    return withCounts(
        Refusal.of(503, "Too many requests wait for an instance of this service")
            .errorClass("waiter.ReserveBackPressure"),
        service,
        counts);
  }

  /** Another router can serve the request; this one never will again. */
  static Refusal downed(ServiceId service) {
    return Refusal.of(503, "This router has been removed from the cluster; send the request again")
        .with("service-id", service.value());
  }

  static Refusal deploymentError(ServiceId service, String message) {
    return Refusal.of(503, "Deployment error: " + message)
        .errorClass("waiter.DeploymentError")
        .with("service-id", service.value());
  }

  static Refusal timeout(
      ServiceId service, Counts counts, long seconds, @Nullable ServiceView view) {
    int healthy = view == null ? 0 : view.healthy().size();
    var text =
        new StringBuilder("After ")
            .append(seconds)
            .append(" seconds, no instance available to handle request.");
    if (view != null && healthy == 0 && view.unhealthy().size() + view.failed().size() > 0) {
      text.append(" Check that your service is able to start properly!").append(reasons(view));
    }
    if (counts.outstanding() > 0 && healthy > 0) {
      text.append(" Check that your service is able to scale properly!");
    }
    return withCounts(
        Refusal.of(503, text.toString()).errorClass("waiter.RequestTimeout"), service, counts);
  }

  /** What is known of why no instance is healthy; no addresses: visitors of a site may see it. */
  private static String reasons(ServiceView view) {
    var reasons =
        view.unhealthy().stream()
            .map(Instance::message)
            .filter(Objects::nonNull)
            .distinct()
            .limit(MAX_REASONS)
            .collect(Collectors.joining("; "));
    return reasons.isEmpty() ? "" : " Health checks fail: " + reasons + ".";
  }

  private static Refusal withCounts(Refusal refusal, ServiceId service, Counts counts) {
    return refusal
        .with("outstanding-requests", counts.outstanding())
        .with("requests-waiting-to-stream", 0)
        .with("waiting-for-available-instance", counts.waiting())
        .with("slots-assigned", counts.assigned())
        .with("slots-available", counts.available())
        .with("slots-in-use", counts.inUse())
        .with("work-stealing-offers-received", 0)
        .with("work-stealing-offers-sent", 0)
        .with("service-id", service.value());
  }
}
