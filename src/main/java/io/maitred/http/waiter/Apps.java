package io.maitred.http.waiter;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.Goal;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.model.Demand;
import io.maitred.scheduler.Scheduler;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the routes below {@code /apps} need of the system. */
public interface Apps {

  /**
   * What a node knows of a service without asking anybody.
   *
   * @param effective the description with defaults and overrides
   * @param view what the scheduler runs of it; null when it does not know the service
   * @param currentForTokens tokens of those source-token lists in which every version is the
   *     token's present one
   * @param tokenFallback the service that stands in while this one is not ready, or null
   */
  record Service(
      ServiceRecord record,
      ServiceDescription effective,
      @Nullable ServiceView view,
      List<String> currentForTokens,
      @Nullable ServiceId tokenFallback) {

    public Service {
      currentForTokens = List.copyOf(currentForTokens);
    }

    ServiceId id() {
      return record.id();
    }
  }

  /**
   * What moves with every request.
   *
   * @param demand requests of all routers; null while no reserver has said
   * @param scaleAmount instances that the autoscaler last wanted more (positive) or fewer; null
   *     until it has seen the service
   */
  record Activity(@Nullable Demand demand, @Nullable Integer scaleAmount) {
    /** Nothing is known. */
    public static final Activity UNKNOWN = new Activity(null, null);
  }

  /** The services that the scheduler knows, in any order. */
  Collection<Service> running();

  /** A service that was ever described, running or not. */
  CompletionStage<Optional<Service>> find(ServiceId id);

  /** The activity of these services; one that did not answer in time is missing in the map. */
  CompletionStage<Map<ServiceId, Activity>> activity(Set<ServiceId> ids);

  /** Kills all instances and forgets the service; 404 when the scheduler does not know it. */
  CompletionStage<Scheduler.Result> delete(ServiceId id);

  /** Whether every router of the data center stopped listing the service within the timeout. */
  CompletionStage<Boolean> awaitGone(ServiceId id, Duration timeout);

  /**
   * @param timeout for a soft kill to succeed before it becomes a hard one; null for the service's
   *     own
   */
  CompletionStage<Scheduler.Result> signal(
      ServiceId id, InstanceId instance, Scheduler.Signal signal, @Nullable Duration timeout);

  /** What the scheduler runs of a service, as this router knows it; empty when it lists none. */
  Optional<ServiceView> present(ServiceId id);

  /** Whether this router's view of the service meets the goal within the timeout. */
  CompletionStage<Boolean> await(ServiceId id, Goal goal, Duration timeout);

  /** Overrides exactly these parameters, which are valid; an empty map clears all. */
  CompletionStage<Optional<ServiceRecord>> override(
      ServiceId id, Map<String, Object> parameters, String by);

  /** Suspends or resumes a service. */
  CompletionStage<Optional<ServiceRecord>> suspend(ServiceId id, boolean suspended, String by);

  /** Instances that this router gives no requests for a while. */
  List<InstanceId> ejected(ServiceId id);
}
