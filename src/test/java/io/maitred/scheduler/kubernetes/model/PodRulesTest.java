package io.maitred.scheduler.kubernetes.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.health.model.CheckResult;
import io.maitred.scheduler.health.model.HealthHistory;
import io.maitred.scheduler.kubernetes.model.PodState.Container;
import io.maitred.scheduler.kubernetes.model.PodState.Ended;
import io.maitred.scheduler.kubernetes.model.PodState.Waiting;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@NullMarked
class PodRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-31T10:20:30Z");
  private static final PodRules RULES =
      new PodRules(new ServiceId("s"), "alice", "2026-01-31T10:00:00Z", Map.of());
  private static final HealthHistory NONE = HealthHistory.UNKNOWN;
  private static final HealthHistory WELL = NONE.after(CheckResult.answered(200), 1);
  private static final HealthHistory REFUSED = NONE.after(CheckResult.REFUSED, 1);
  private static final HealthHistory HUNG_UP = NONE.after(CheckResult.HUNG_UP, 1);

  /** A pod to begin with; each row changes what it is about. */
  private static PodState pod(@Nullable Container container) {
    return new PodState(
        "p",
        "ns",
        "uid",
        "owner",
        "node-1",
        "10.1.2.3",
        31_010,
        3,
        "Running",
        null,
        null,
        NOW.minusSeconds(60),
        false,
        false,
        "2026-01-31T10:00:00Z",
        List.of(),
        container);
  }

  private static Container running(boolean ready, int restarts) {
    return new Container(ready, restarts, NOW.minusSeconds(50), null, null, null);
  }

  private static Container waiting(String reason, int restarts, @Nullable Ended before) {
    return new Container(false, restarts, null, new Waiting(reason, "why"), null, before);
  }

  private static Ended exit(int code) {
    return new Ended(code, "Error", null, NOW.minusSeconds(55));
  }

  private static Ended outOfMemory() {
    return new Ended(137, "OOMKilled", null, NOW.minusSeconds(55));
  }

  static Stream<Arguments> active() {
    return Stream.of(
        Arguments.of("ready", pod(running(true, 0)), NONE, "s.p-0", true, null, Set.of()),
        Arguments.of(
            "not ready", pod(running(false, 0)), NONE, "s.p-0", false, "Unhealthy", Set.of()),
        Arguments.of(
            "own check is sooner", pod(running(false, 0)), WELL, "s.p-0", true, null, Set.of()),
        Arguments.of(
            "refuses", pod(running(false, 0)), REFUSED, "s.p-0", false, "Unhealthy", Set.of()),
        Arguments.of(
            "hangs up",
            pod(running(false, 0)),
            HUNG_UP,
            "s.p-0",
            false,
            "Unhealthy",
            Set.of(Instance.HANGUP_EXCEPTION, Instance.HAS_CONNECTED)),
        Arguments.of(
            "2 restarts", pod(running(true, 2)), NONE, "s.p-2", true, null, Set.of("expired")),
        Arguments.of(
            "8 restarts",
            pod(running(true, 8)),
            NONE,
            "s.p-8",
            false,
            "Application restarting frequently",
            Set.of("expired")),
        Arguments.of(
            "crash loop: the next one",
            pod(waiting("CrashLoopBackOff", 1, exit(1))),
            NONE,
            "s.p-2",
            false,
            "Application in crash loop",
            Set.of()),
        Arguments.of(
            "image",
            pod(waiting("ImagePullBackOff", 0, null)),
            NONE,
            "s.p-0",
            false,
            "ImagePullBackOff: why",
            Set.of()),
        Arguments.of(
            "being created",
            pod(waiting("ContainerCreating", 0, null)),
            NONE,
            "s.p-0",
            false,
            "Unhealthy",
            Set.of()),
        Arguments.of("no node yet", pod(null), NONE, "s.p-0", false, "Unhealthy", Set.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void active(
      String name,
      PodState pod,
      HealthHistory checks,
      String id,
      boolean healthy,
      @Nullable String message,
      Set<String> flags) {
    var instance = RULES.active(pod, checks, NOW);
    assertEquals(new InstanceId(id), instance.id());
    assertEquals(healthy, instance.healthy());
    assertEquals(message, instance.message());
    assertEquals(flags, instance.flags());
  }

  @Test
  void active_hasAddressPortsAndFields() {
    var instance = RULES.active(pod(running(true, 1)), NONE, NOW);
    assertEquals("10.1.2.3", instance.host());
    assertEquals(31_010, instance.port());
    assertEquals(List.of(31_011, 31_012), instance.extraPorts());
    assertEquals("/home/alice/r1", instance.logDirectory());
    assertEquals(NOW.minusSeconds(50), instance.startedAt());
    assertEquals("p", instance.extras().get("k8s/pod-name"));
    assertEquals("ns", instance.extras().get("k8s/namespace"));
    assertEquals(
        List.of(Map.of("name", "waiter-app", "ready", true, "state", "running")),
        instance.extras().get("k8s/container-statuses"));
  }

  @Test
  void withoutAnAddress_nothingIsHealthy() {
    var pod = pod(running(true, 0));
    var nowhere =
        new PodState(
            pod.name(),
            pod.namespace(),
            pod.uid(),
            pod.ownerUid(),
            pod.node(),
            null,
            pod.port(),
            1,
            "Running",
            null,
            null,
            pod.createdAt(),
            false,
            false,
            null,
            List.of(),
            pod.container());
    var instance = RULES.active(nowhere, WELL, NOW);
    assertEquals("0.0.0.0", instance.host());
    assertTrue(!instance.healthy() && instance.flags().isEmpty(), instance::toString);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                   marked, revision,             seconds, running, expired
          young,                  false,  2026-01-31T10:00:00Z,      89, false,   false
          not running for 90 s,   false,  2026-01-31T10:00:00Z,      91, false,   true
          old but running,        false,  2026-01-31T10:00:00Z,   99999, true,    false
          marked,                 true,   2026-01-31T10:00:00Z,       1, true,    true
          of an older revision,   false,  2026-01-31T09:00:00Z,       1, true,    true
          """)
  void expired(
      String name,
      boolean marked,
      String revision,
      long seconds,
      boolean running,
      boolean expired) {
    var container = running ? running(true, 0) : waiting("ContainerCreating", 0, null);
    var pod =
        new PodState(
            "p",
            "ns",
            "uid",
            "o",
            null,
            "10.1.2.3",
            1,
            1,
            "Running",
            null,
            null,
            NOW.minus(Duration.ofSeconds(seconds)),
            false,
            marked,
            revision,
            List.of(),
            container);
    assertEquals(expired, RULES.active(pod, NONE, NOW).has(Instance.EXPIRED));
  }

  static Stream<Arguments> failed() {
    return Stream.of(
        Arguments.of("nothing ended", pod(running(true, 0)), NONE, null, null, null, Set.of()),
        Arguments.of(
            "ended, runs again",
            pod(new Container(true, 1, NOW, null, null, exit(127))),
            REFUSED,
            "s.p-0",
            127,
            "Exited with code 127",
            Set.of()),
        Arguments.of(
            "ended, not started yet",
            pod(new Container(false, 0, null, null, exit(1), null)),
            HUNG_UP,
            "s.p-0",
            1,
            "Exited with code 1",
            Set.of(Instance.HANGUP_EXCEPTION, Instance.HAS_CONNECTED)),
        Arguments.of(
            "waits to be started again",
            pod(waiting("CrashLoopBackOff", 1, exit(2))),
            NONE,
            "s.p-1",
            2,
            "Exited with code 2",
            Set.of()),
        Arguments.of(
            "ended well",
            pod(new Container(true, 1, NOW, null, null, exit(0))),
            NONE,
            null,
            null,
            null,
            Set.of()),
        Arguments.of(
            "killed by a probe",
            pod(new Container(false, 1, NOW, null, null, exit(137))),
            REFUSED,
            "s.p-0",
            null,
            "Ended by Kubernetes, exit code 137",
            Set.of(Instance.NEVER_PASSED_HEALTH_CHECKS)),
        Arguments.of(
            "killed by a probe, was well before",
            pod(new Container(false, 1, NOW, null, null, exit(143))),
            WELL.after(CheckResult.REFUSED, 1),
            "s.p-0",
            null,
            "Ended by Kubernetes, exit code 143",
            Set.of()),
        Arguments.of(
            "out of memory",
            pod(new Container(false, 3, NOW, null, null, outOfMemory())),
            NONE,
            "s.p-2",
            137,
            "Exceeded allocated memory usage",
            Set.of(Instance.MEMORY_LIMIT_EXCEEDED)),
        Arguments.of(
            "evicted", evicted(), NONE, "s.p-0", null, "Evicted: low on memory", Set.of()));
  }

  private static PodState evicted() {
    return new PodState(
        "p",
        "ns",
        "uid",
        "o",
        null,
        null,
        1,
        1,
        "Failed",
        "Evicted: low on memory",
        null,
        NOW,
        false,
        false,
        null,
        List.of(),
        null);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void failed(
      String name,
      PodState pod,
      HealthHistory checks,
      @Nullable String id,
      @Nullable Integer exitCode,
      @Nullable String message,
      Set<String> flags) {
    var failed = RULES.failed(pod, checks);
    assertEquals(
        Optional.ofNullable(id), failed.map(instance -> instance.id().value()), failed::toString);
    failed.ifPresent(
        instance -> {
          assertEquals(exitCode, instance.exitCode());
          assertEquals(message, instance.message());
          assertEquals(flags, instance.flags());
        });
  }

  @Test
  void startProblem_onlyWhileNothingRuns() {
    var stuck = pod(waiting("ErrImagePull", 0, null));
    assertEquals(Optional.of("ErrImagePull: why"), StartProblem.of("quota", List.of(stuck)));
    assertEquals(
        Optional.empty(), StartProblem.of("quota", List.of(stuck, pod(running(false, 0)))));
    assertEquals(Optional.of("quota"), StartProblem.of("quota", List.of()));
    assertEquals(Optional.empty(), StartProblem.of(null, List.of()));
    assertEquals(Optional.empty(), StartProblem.of("quota", List.of(pod(null))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      nullValues = "-",
      textBlock =
          """
          case,                         target, force, replicas, pods, next
          up,                                3, false,        1,    1,    3
          never down,                        1, false,        3,    1,    -
          force lowers what is pending,      2, true,         5,    1,    2
          force spares what exists,          1, true,         5,    3,    3
          force does not raise by itself,    1, true,         2,    4,    -
          force up,                          4, true,         2,    2,    4
          there already,                     2, false,        2,    2,    -
          """)
  void scale(
      String name, int target, boolean force, int replicas, int pods, @Nullable Integer next) {
    var decided = ReplicaChange.scale(target, force).next(replicas, pods);
    assertEquals(next == null ? -1 : next, decided.orElse(-1));
  }

  @Test
  void oneLess_whoseAnswerWasLost_isNotRepeatedWhenItHappened() {
    var change = ReplicaChange.oneLess();
    assertEquals(2, change.next(3, 3).orElseThrow());
    change.lost(2);
    assertTrue(change.next(2, 3).isEmpty(), "it had happened");
    var again = ReplicaChange.oneLess();
    again.next(3, 3);
    again.lost(2);
    assertEquals(2, again.next(3, 3).orElseThrow(), "it had not");
    assertTrue(ReplicaChange.oneLess().next(0, 0).isEmpty());
    assertNull(RULES.podOf(new InstanceId("s.q-0"), List.of(pod(null))));
  }
}
