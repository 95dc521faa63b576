package io.maitred.waitingroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import io.maitred.waitingroom.model.AllocationRules;
import io.maitred.waitingroom.model.AllocationRules.WorkerMode;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomSettingsTest {

  @Test
  void defaults_areTheSeedsRules() {
    var settings = RoomSettings.from(config(""));
    assertEquals(AllocationRules.DEFAULT, settings.rules());
    assertEquals(0, settings.expectedWorkers());
    assertTrue(settings.homeDataCenter().isEmpty());
  }

  @Test
  void everythingMayBeChosen() {
    var settings =
        RoomSettings.from(
            config(
                """
                maitred.data-centers = [a, b]
                maitred.home-data-center = a
                maitred.waiting-room.allocation {
                  dc-allocation = anywhere
                  worker-allocation = divide
                  worker-curve = 1.5
                  partial-bucket = strict
                  pace-new-users = on
                  traffic-lag-minutes = 1
                  expected-data-centers = [c]
                  expected-workers = 7
                }
                """));
    assertEquals(
        new AllocationRules(true, WorkerMode.DIVIDE, 1.5, true, true, 1), settings.rules());
    assertEquals(Set.of("a", "b", "c"), settings.dataCenters());
    assertEquals(7, settings.expectedWorkers());
    assertEquals("a", settings.homeDataCenter().orElseThrow());
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource({
    "dc-allocation, everywhere", "worker-allocation, none", "worker-curve, -1",
    "partial-bucket, loose", "traffic-lag-minutes, 3", "expected-workers, -1",
    "backup-interval, 0s"
  })
  void badValue_isNamed(String path, String value) {
    var config = config("maitred.waiting-room.allocation." + path + " = " + value);
    var error = assertThrows(InvalidSettingException.class, () -> RoomSettings.from(config));
    assertTrue(
        String.valueOf(error.getMessage()).contains("maitred.waiting-room.allocation." + path));
  }

  @Test
  void curve_doesNotGoWithACounter() {
    var config =
        config(
            """
            maitred.waiting-room.allocation { worker-curve = 1, worker-allocation = counter }
            """);
    assertThrows(InvalidSettingException.class, () -> RoomSettings.from(config));
  }

  private static Config config(String text) {
    return ConfigFactory.parseString(text).withFallback(ConfigFactory.load());
  }
}
