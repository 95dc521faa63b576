package io.maitred.scheduler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.Scheduler.Result;
import io.maitred.scheduler.SchedulerContract;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.kubernetes.model.KubernetesNames;
import io.maitred.service.model.Instance;
import io.maitred.testkit.Await;
import io.maitred.testkit.KubernetesStandIn;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What all engines do, and what is said of this one alone (contract waiter 9.7). */
class KubernetesContractTest extends SchedulerContract {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SETS =
      "/apis/apps/v1/namespaces/" + KubernetesStandIn.NAMESPACE + "/replicasets";

  private final KubernetesStandIn kubernetes = new KubernetesStandIn();

  @Override
  protected Scheduler open(List<ServiceSpec> before) {
    return new KubernetesScheduler(
        KubernetesFixture.settings(Map.of("api.url", kubernetes.url())),
        "test",
        "waiter-service-",
        Clock.systemUTC());
  }

  @Override
  protected boolean away() {
    kubernetes.relay().cut();
    return true;
  }

  @Override
  protected void back() {
    kubernetes.relay().mend();
  }

  @AfterEach
  void stop() {
    kubernetes.close();
  }

  @Test
  void deleted_leavesNothing() {
    var spec = spec("clean", SLEEP, Map.of("min-instances", 2));
    result(adapter().create(spec));
    await(spec, "2 instances", each -> each.active().size() == 2);
    Await.until("they run", LIMIT, () -> kubernetes.processes() == 2);
    assertEquals(new Result(200, "Deleted clean"), result(adapter().delete(spec.id())));
    assertEquals(List.of(), kubernetes.pods());
    assertEquals(List.of(), kubernetes.sets());
    assertEquals(0, kubernetes.processes());
  }

  @Test
  void serverFails_aFewTimes_isTriedAgain() {
    adapter();
    kubernetes.server().expect().post().withPath(SETS).andReturn(500, "").times(3);
    var spec = spec("retried", SLEEP, Map.of());
    assertEquals(new Result(200, "Created retried"), result(adapter().create(spec)));
  }

  @Test
  void serverRefuses_isToldInItsWords() {
    adapter();
    var status =
        new StatusBuilder()
            .withMessage("replicasets.apps \"x\" is forbidden: no")
            .withCode(403)
            .build();
    kubernetes.server().expect().post().withPath(SETS).andReturn(403, status).once();
    assertEquals(
        new Result(
            500, "Kubernetes cannot create refused: replicasets.apps \"x\" is forbidden: no"),
        result(adapter().create(spec("refused", SLEEP, Map.of()))));
  }

  @Test
  void slowServer_ordersAreAnswered() {
    var spec = spec("slow", SLEEP, Map.of());
    result(adapter().create(spec));
    kubernetes.relay().stall();
    var refused = result(adapter().scale(spec.id(), 2, false));
    assertEquals(503, refused.status(), refused::message);
    assertTrue(
        refused.message().startsWith("The Kubernetes API server cannot be reached: "),
        refused::message);
    await(spec, "still known", each -> each.requested() == 1);
  }

  @Test
  void whatChangedWhileTheServerWasAway_isSeenAfterwards() {
    var spec = spec("changed", SLEEP, Map.of());
    var other = spec("vanished", SLEEP, Map.of());
    result(adapter().create(spec));
    result(adapter().create(other));
    var first = await(spec, "1 instance", each -> each.active().size() == 1).active().get(0);
    var watched = (KubernetesScheduler) adapter();
    Await.until("all is watched", LIMIT, watched::watching);
    away();
    Await.until("it is noticed", LIMIT, () -> !watched.watching());
    kubernetes
        .client()
        .apps()
        .replicaSets()
        .inNamespace(KubernetesStandIn.NAMESPACE)
        .withLabel("waiter/service-hash", KubernetesNames.hash(other.id()))
        .delete();
    var pod = String.valueOf(first.extras().get("k8s/pod-name"));
    kubernetes.client().pods().inNamespace(KubernetesStandIn.NAMESPACE).withName(pod).delete();
    back();
    await(
        spec,
        "another instance",
        each -> each.active().size() == 1 && !each.active().get(0).id().equals(first.id()));
    Await.until(
        "the other is gone",
        LIMIT,
        () -> result(adapter().scale(other.id(), 2, false)).status() == 404);
  }

  @Test
  void quota_isTheServicesError_untilPodsRun() {
    kubernetes.quota(
        "pods \"x-\" is forbidden: exceeded quota: few, requested: pods=1, used: pods=4, limited:"
            + " pods=4");
    var spec = spec("full", SLEEP, Map.of());
    result(adapter().create(spec));
    var report = await(spec, "an error", each -> each.error() != null);
    assertEquals(
        "The quota few of the namespace is used up: requested pods=1, used pods=4, limited to"
            + " pods=4",
        report.error());
    kubernetes.quota(null);
    await(spec, "none", each -> each.error() == null && each.active().size() == 1);
  }

  @Test
  void image_thatCannotBePulled_isTheServicesError() {
    var spec = spec("pull", SLEEP, Map.of("image", "missing:1"));
    result(adapter().create(spec));
    var report = await(spec, "an error", each -> each.error() != null);
    assertEquals("ImagePullBackOff: Back-off pulling image missing:1", report.error());
  }

  @Test
  void memory_exceeded_isAFailure() {
    var spec = spec("fat", SLEEP, Map.of());
    result(adapter().create(spec));
    var instance = await(spec, "1 instance", each -> each.active().size() == 1).active().get(0);
    Await.until("it runs", LIMIT, () -> kubernetes.processes() == 1);
    kubernetes.endContainer(String.valueOf(instance.extras().get("k8s/pod-name")), "OOMKilled");
    var failed = await(spec, "a failure", each -> !each.failed().isEmpty()).failed().get(0);
    assertTrue(failed.has(Instance.MEMORY_LIMIT_EXCEEDED), failed::toString);
    assertEquals(instance.id(), failed.id());
    assertEquals("Exceeded allocated memory usage", failed.message());
    var next =
        await(
            spec,
            "the next one",
            each -> each.active().stream().anyMatch(i -> i.id().value().endsWith("-1")));
    assertEquals(1, next.active().size());
  }

  @Test
  void crashingPods_areReplacedInTheEnd() {
    var spec = spec("crash", "exit 1", Map.of());
    result(adapter().create(spec));
    var first = await(spec, "an instance", each -> !each.active().isEmpty()).active().get(0);
    var pod = String.valueOf(first.extras().get("k8s/pod-name"));
    await(
        spec,
        "expired after 2 restarts",
        each -> each.active().stream().anyMatch(i -> i.has(Instance.EXPIRED)));
    await(
        spec,
        "another pod",
        each -> each.active().stream().anyMatch(i -> !pod.equals(i.extras().get("k8s/pod-name"))));
  }

  @Test
  void logs_showTheEndOfTheOutput() {
    var spec = spec("log", "echo hello; " + SLEEP, Map.of());
    result(adapter().create(spec));
    var instance = await(spec, "1 instance", each -> each.active().size() == 1).active().get(0);
    var pod = instance.extras().get("k8s/pod-name");
    kubernetes
        .server()
        .expect()
        .get()
        .withPath(
            "/api/v1/namespaces/maitred/pods/%s/log?pretty=false&container=waiter-app&tailLines=327&limitBytes=32768"
                .formatted(pod))
        .andReturn(200, "hello\n")
        .always();
    var entries = adapter().logs(spec.id(), instance.id(), "").toCompletableFuture().join();
    assertEquals(1, entries.size());
    assertEquals("output.txt", entries.get(0).name());
    assertEquals("data:text/plain;charset=utf-8;base64,aGVsbG8K", entries.get(0).url());
  }

  @Test
  void overrides_changeTheStoredDescription() {
    var spec = spec("over", SLEEP, Map.of());
    result(adapter().create(spec));
    var changed = spec("over", SLEEP, Map.of("concurrency-level", 7));
    assertEquals(new Result(200, "over exists already"), result(adapter().create(changed)));
    await(spec, "the new description", each -> each.spec().equals(changed));
    assertEquals(changed, reopen(List.of()).get(0).spec());
  }
}
