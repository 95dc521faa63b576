package io.maitred.discovery.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.DiscoverySettings;
import io.maitred.service.model.Instance;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceTrackerTest {
  private static final ServiceId SERVICE = new ServiceId("waiter-service-a");
  private static final int THRESHOLD = 3;
  private static final DeploymentErrors ERRORS =
      DiscoverySettings.from(ConfigFactory.load()).deploymentErrors();
  private static final ServiceView.Version VERSION = new ServiceView.Version(1, 1);

  @Test
  void view_ofAReport_sortsAndCounts() {
    var tracker =
        fresh().reported(active(Instances.healthy(SERVICE, 2), Instances.unhealthy(SERVICE, 1)), 3);

    var view = tracker.view(VERSION, ERRORS);

    assertEquals(List.of("1", "2"), numbers(view.active()));
    assertEquals(2, view.scheduled());
    assertEquals(ServiceView.Status.RUNNING, view.status());
  }

  @Test
  void vanished_afterEnoughFailedChecks_isFailed() {
    var tracker =
        checks(2, fresh().reported(active(Instances.unhealthy(SERVICE, 1)), THRESHOLD))
            .reported(active(), THRESHOLD);

    var failed = tracker.view(VERSION, ERRORS).failed();

    assertEquals(List.of("1"), numbers(failed));
    assertTrue(failed.get(0).has(Instance.NEVER_PASSED_HEALTH_CHECKS));
  }

  @Test
  void vanished_afterTooFewFailedChecks_isForgotten() {
    var tracker =
        checks(1, fresh().reported(active(Instances.unhealthy(SERVICE, 1)), THRESHOLD))
            .reported(active(), THRESHOLD);

    assertEquals(List.of(), tracker.view(VERSION, ERRORS).failed());
  }

  @Test
  void vanished_whenHealthyInBetween_startsCountingAgain() {
    var tracker = checks(5, fresh().reported(active(Instances.unhealthy(SERVICE, 1)), THRESHOLD));
    tracker = tracker.reported(active(Instances.healthy(SERVICE, 1)), THRESHOLD);
    tracker = tracker.reported(active(Instances.unhealthy(SERVICE, 1)), THRESHOLD);

    assertEquals(List.of(), tracker.reported(active(), THRESHOLD).view(VERSION, ERRORS).failed());
  }

  @Test
  void flags_whileUnhealthy_accumulate() {
    var tracker =
        fresh()
            .reported(active(Instances.unhealthy(SERVICE, 1, Instance.HAS_CONNECTED)), THRESHOLD)
            .reported(active(Instances.unhealthy(SERVICE, 1, Instance.HAS_RESPONDED)), THRESHOLD);

    assertEquals(
        Set.of(Instance.HAS_CONNECTED, Instance.HAS_RESPONDED),
        tracker.view(VERSION, ERRORS).active().get(0).flags());
    assertEquals(
        Set.of(),
        tracker
            .reported(active(Instances.healthy(SERVICE, 1)), THRESHOLD)
            .view(VERSION, ERRORS)
            .active()
            .get(0)
            .flags());
  }

  @Test
  void failed_reportedAndTracked_isOneWithTheFlagsOfBoth() {
    var dead =
        Instances.instance(
            SERVICE, 1, Instance.Health.UNHEALTHY, Set.of("memory-limit-exceeded"), 9, null);
    var tracker =
        checks(
                4,
                fresh()
                    .reported(
                        active(Instances.unhealthy(SERVICE, 1, Instance.HAS_CONNECTED)), THRESHOLD))
            .reported(
                new ServiceTracker.Report(1, List.of(), List.of(dead), List.of(), null), THRESHOLD);

    var failed = tracker.view(VERSION, ERRORS).failed();

    assertEquals(1, failed.size());
    assertEquals(9, failed.get(0).exitCode());
    assertEquals(
        Set.of("memory-limit-exceeded", "has-connected", "never-passed-health-checks"),
        failed.get(0).flags());
  }

  @Test
  void killCandidate_neverCountsAsFailed() {
    var dead = Instances.unhealthy(SERVICE, 1);
    var tracker =
        checks(4, fresh().reported(active(dead), THRESHOLD))
            .killing(dead.id())
            .reported(
                new ServiceTracker.Report(0, List.of(), List.of(dead), List.of(), null), THRESHOLD);

    assertEquals(List.of(), tracker.view(VERSION, ERRORS).failed());
  }

  @Test
  void killed_isKeptWhenTheReportForgetsIt() {
    var victim = Instances.healthy(SERVICE, 1);
    var tracker =
        fresh()
            .reported(active(victim), THRESHOLD)
            .killing(victim.id())
            .killed(victim.id())
            .reported(active(), THRESHOLD);

    var view = tracker.view(VERSION, ERRORS);

    assertEquals(List.of("1"), numbers(view.killed()));
    assertEquals(List.of(), view.active());
  }

  @Test
  void killed_unknownInstance_isIgnored() {
    var tracker = fresh().killed(new InstanceId(SERVICE + ".7"));

    assertEquals(List.of(), tracker.view(VERSION, ERRORS).killed());
  }

  @Test
  void lists_keepTheNewest() {
    var many = IntStream.rangeClosed(1, 20).mapToObj(i -> Instances.unhealthy(SERVICE, i)).toList();
    var others =
        IntStream.rangeClosed(21, 40).mapToObj(i -> Instances.unhealthy(SERVICE, i)).toList();
    var view =
        fresh()
            .reported(new ServiceTracker.Report(0, List.of(), many, others, null), THRESHOLD)
            .view(VERSION, ERRORS);

    assertEquals(numbers(many.subList(10, 20)), numbers(view.failed()));
    assertEquals(numbers(others.subList(8, 20)), numbers(view.killed()));
  }

  @Test
  void bookkeeping_overManyInstances_staysBounded() {
    var tracker = fresh();
    for (int i = 0; i < 500; i++) {
      var instance = Instances.unhealthy(SERVICE, i);
      tracker = checks(3, tracker.reported(active(instance), THRESHOLD));
      tracker = i % 2 == 0 ? tracker.killing(instance.id()).killed(instance.id()) : tracker;
    }
    tracker = tracker.reported(active(), THRESHOLD);

    assertEquals(ServiceTracker.MAX_FAILED, tracker.failed().size());
    assertEquals(ServiceTracker.MAX_KILLED, tracker.killed().size());
    assertEquals(64, tracker.candidates().size());
    assertTrue(tracker.suspects().isEmpty());
  }

  @Test
  void schedulersOwnError_countsUntilAnInstanceIsHealthy() {
    var error = new ServiceTracker.Report(1, List.of(), List.of(), List.of(), "quota exceeded");
    var healed =
        new ServiceTracker.Report(
            1, List.of(Instances.healthy(SERVICE, 1)), List.of(), List.of(), "quota exceeded");

    var view = fresh().reported(error, THRESHOLD).view(VERSION, ERRORS);

    assertEquals(
        new ServiceView.DeploymentError("scheduler", "quota exceeded"), view.deploymentError());
    assertEquals(ServiceView.Status.FAILING, view.status());
    assertNull(fresh().reported(healed, THRESHOLD).view(VERSION, ERRORS).deploymentError());
  }

  private static ServiceTracker fresh() {
    return ServiceTracker.of(SERVICE);
  }

  private static ServiceTracker checks(int rounds, ServiceTracker tracker) {
    return rounds == 0 ? tracker : checks(rounds - 1, tracker.checked());
  }

  private static ServiceTracker.Report active(Instance... instances) {
    return new ServiceTracker.Report(
        instances.length, List.of(instances), List.of(), List.of(), null);
  }

  private static List<String> numbers(List<Instance> instances) {
    return instances.stream()
        .map(i -> i.id().value().substring(SERVICE.value().length() + 1))
        .toList();
  }
}
