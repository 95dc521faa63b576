package io.maitred.scheduler.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSettingsTest {

  @Test
  void from_shippedDefaults_areThoseOfTheContract() {
    var settings = LocalSettings.from(ConfigFactory.load());
    assertEquals("scheduler", settings.workDirectory());
    assertEquals(10000, settings.firstPort());
    assertEquals(10999, settings.lastPort());
    assertEquals(Duration.ofMinutes(2), settings.portGracePeriod());
    assertEquals(Duration.ofSeconds(5), settings.retryInterval());
    assertEquals(Duration.ofSeconds(5), settings.healthCheckInterval());
    assertEquals(Duration.ofMillis(500), settings.startUpHealthCheckInterval());
    assertEquals(Duration.ofMillis(200), settings.healthCheckTimeout());
    assertEquals(64, settings.maxHealthChecksInFlight());
    assertEquals(200, settings.maxInstances());
    assertEquals(List.of("MAITRED_*", "JAVA_OPTS"), settings.hiddenEnvironment());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port-range.last = 9999    | maitred.scheduler.local.port-range.last: 9999 (expected: at least port-range.first, 10000)
          port-range.first = 80     | maitred.scheduler.local.port-range.first: 80 (expected: an integer from 1024 to 65535)
          retry-interval = 1ms      | maitred.scheduler.local.retry-interval: 1ms (expected: a duration from 50ms to 600s)
          work-directory = ""       | maitred.scheduler.local.work-directory: "" (expected: a non-blank string)
          max-instances = many      | maitred.scheduler.local.max-instances: many (expected: an integer from 1 to 2000)
          """)
  void from_wrongValue_namesIt(String line, String message) {
    var config =
        ConfigFactory.parseString("maitred.scheduler.local." + line)
            .withFallback(ConfigFactory.load());
    var thrown = assertThrows(InvalidSettingException.class, () -> LocalSettings.from(config));
    assertEquals(message, thrown.getMessage());
  }
}
