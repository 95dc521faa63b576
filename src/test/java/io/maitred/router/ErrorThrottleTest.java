package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorThrottleTest {
  private static final ServiceId SHOP = new ServiceId("shop");
  private static final Refusal FULL =
      Refusal.of(503, "Max queue length exceeded").errorClass("waiter.QueueLength");

  private long nanos = Duration.ofMinutes(-3).toNanos();
  private final ErrorThrottle throttle =
      new ErrorThrottle(ErrorThrottle.Settings.from(ConfigFactory.load()), () -> nanos);

  private long delay(int errors, Refusal refusal) {
    long last = 0;
    for (int i = 0; i < errors; i++) {
      last = throttle.delay(SHOP, refusal).toMillis();
    }
    return last;
  }

  @ParameterizedTest(name = "{0} errors")
  @CsvSource({"1, 0", "99, 0", "100, 50", "199, 50", "200, 100", "3999, 1950", "10000, 2000"})
  void delay_growsInSteps_upToItsLimit(int errors, long millis) {
    assertEquals(millis, delay(errors, FULL));
  }

  @ParameterizedTest(name = "after {0} s")
  @CsvSource({"0, 100", "59, 100", "60, 100", "75, 50", "90, 50", "91, 0", "120, 0", "600, 0"})
  void delay_fades(long seconds, long millis) {
    delay(200, FULL); // at the very start of a minute

    nanos += Duration.ofSeconds(seconds).toNanos();

    assertEquals(millis, delay(1, FULL));
  }

  @Test
  void otherErrorsAndOtherServices_doNotCount() {
    assertEquals(0, delay(500, Refusal.of(503, "late").errorClass("waiter.RequestTimeout")));
    assertEquals(0, delay(500, Refusal.of(502, "gone")));
    delay(500, FULL);
    assertEquals(Duration.ZERO, throttle.delay(new ServiceId("other"), FULL));
    var undeployable = Refusal.of(503, "why").errorClass("waiter.DeploymentError");
    assertEquals(250, delay(1, undeployable));
  }
}
