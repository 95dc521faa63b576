package io.maitred.scheduler.fixed;

import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.SchedulerContract;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.testkit.SiteServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;

/** Its servers run anyway: what is said about starting and ending does not apply. */
class FixedContractTest extends SchedulerContract {
  private final SiteServer site = SiteServer.start("site");
  private final SiteServer other = SiteServer.start("other");

  @Override
  protected Scheduler open(List<ServiceSpec> before) {
    return new FixedScheduler(
        new FixedSettings(Duration.ofSeconds(5), 16, 2, 10, false),
        InstantSource.system(),
        CompletableFuture.completedFuture(before));
  }

  @Override
  protected boolean starts() {
    return false;
  }

  @Override
  protected Map<String, Object> parameters() {
    return Map.of(
        "scheduler", "fixed",
        "health-check-url", "/health",
        "backends", List.of(site.url(), other.url()));
  }

  @AfterEach
  void stopSites() {
    site.close();
    other.close();
  }
}
