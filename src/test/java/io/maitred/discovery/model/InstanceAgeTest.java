package io.maitred.discovery.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceAgeTest {
  private static final ServiceId SERVICE = new ServiceId("waiter-service-a");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                    flag,    expiry-mins, age-secs, expired
          young,                   '',                2,      119, false
          at the limit,            '',                2,      120, false
          too old,                 '',                2,      121, true
          never,                   '',                0,   999999, false
          told to,                 expired,           2,        1, true
          told to although never,  expired,           0,        1, true
          """)
  void expired(String name, String flag, int expiryMins, int ageSecs, boolean expired) {
    var flags = flag.isEmpty() ? Set.<String>of() : Set.of(flag);
    var instance = Instances.instance(SERVICE, 0, Instance.Health.HEALTHY, flags, null, null);

    assertEquals(
        expired,
        InstanceAge.expired(instance, expiryMins, instance.startedAt().plusSeconds(ageSecs)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,              health,    grace-secs, age-secs, starting
          just started,      UNKNOWN,           30,        1, true
          failing its checks,UNHEALTHY,         30,       29, true
          too late,          UNHEALTHY,         30,       30, false
          healthy,           HEALTHY,           30,        1, false
          no grace,          UNKNOWN,            0,        0, false
          """)
  void starting(String name, Instance.Health health, int graceSecs, int ageSecs, boolean starting) {
    var instance = Instances.instance(SERVICE, 0, health, Set.of(), null, null);

    assertEquals(
        starting,
        InstanceAge.starting(instance, graceSecs, instance.startedAt().plusSeconds(ageSecs)));
  }

  @Test
  void instability_isMemoryOfAnyFailedInstance() {
    var failed =
        List.of(
            Instances.unhealthy(SERVICE, 1),
            Instances.unhealthy(SERVICE, 2, Instance.MEMORY_LIMIT_EXCEEDED));

    assertEquals(Optional.of("not-enough-memory"), Instability.of(failed));
    assertEquals(Optional.empty(), Instability.of(failed.subList(0, 1)));
  }
}
