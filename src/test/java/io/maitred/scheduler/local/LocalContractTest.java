package io.maitred.scheduler.local;

import io.maitred.scheduler.Scheduler;
import io.maitred.scheduler.SchedulerContract;
import io.maitred.scheduler.ServiceSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

class LocalContractTest extends SchedulerContract {
  @TempDir Path data;

  @Override
  protected Scheduler open(List<ServiceSpec> before) {
    return new LocalScheduler(
        LocalFixture.SETTINGS, data, "contract", "here", Clock.systemUTC(), new Random(5));
  }
}
