package io.maitred.discovery.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.DiscoverySettings;
import io.maitred.service.model.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentErrorsTest {
  private static final ServiceId SERVICE = new ServiceId("waiter-service-a");
  private static final DeploymentErrors ERRORS =
      DiscoverySettings.from(ConfigFactory.load()).deploymentErrors();

  /**
   * Failed instances are {@code host/exit code/flags}, separated by spaces; active ones are {@code
   * healthy}, {@code unhealthy} or an HTTP status of the last check.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          case                              | failed                                             | active            | key                                  | message
          memory on two hosts               | 1/9/memory-limit-exceeded 2/9/memory-limit-exceeded |                  | not-enough-memory                    | Not enough memory allocated
          cannot run, twice on two hosts    | 1/127/ 2/127/                                      |                   | bad-startup-command                  | Invalid startup command
          the same code before tls          | 1/1/ssl-exception 2/1/ssl-exception                |                   | bad-startup-command                  | Invalid startup command
          tls                               | 1//ssl-exception 2//ssl-exception                  |                   | tls-error                            | Unable to complete TLS handshake with backend (ensure backend-proto is correctly configured)
          nobody listens                    | 1// 2//                                            |                   | cannot-connect                       | Unable to connect to run health checks
          nobody listens, different codes   | 1/1/ 2/2/                                          |                   | cannot-connect                       | Unable to connect to run health checks
          hangs                             | 1//has-connected+timeout-exception 2//has-connected+timeout-exception | | health-check-timed-out               | Health check timed out
          hangs up                          | 1//has-connected+hangup-exception 2//has-connected+timeout-exception |  | bad-socket                           | Backend is closing socket without responding (ensure backend-proto is correctly configured)
          answers with errors               | 1//has-connected+has-responded+never-passed-health-checks 2//has-connected+has-responded+never-passed-health-checks | | invalid-health-check-response | Health check returned an invalid response
          answered, then killed otherwise   | 1//has-connected+has-responded 2//has-connected+has-responded+never-passed-health-checks | | - | -
          one failed instance only          | 1/127/                                             |                   | -                                    | -
          two on one host only              | 1/127/ 1/127/                                      |                   | -                                    | -
          a healthy instance                | 1/127/ 2/127/                                      | healthy           | -                                    | -
          unhealthy ones change nothing     | 1/127/ 2/127/                                      | unhealthy         | bad-startup-command                  | Invalid startup command
          checks are refused                |                                                    | 401               | health-check-requires-authentication | Health check requires authentication
          checks are refused, failures few  | 1/127/                                             | 401 unhealthy     | health-check-requires-authentication | Health check requires authentication
          the second one's checks refused   |                                                    | unhealthy 401     | -                                    | -
          refused but healthy               |                                                    | 401 healthy       | -                                    | -
          failed first, then refused        | 1/127/ 2/127/                                      | 401               | bad-startup-command                  | Invalid startup command
          """)
  void decide(String name, String failed, String active, String key, String message) {
    var error = ERRORS.decide(active(active), failed(failed));

    assertEquals(key, error.map(ServiceView.DeploymentError::key).orElse(null));
    assertEquals(message, error.map(ServiceView.DeploymentError::message).orElse(null));
  }

  @Test
  void minHosts_ofOne_isMetByOneHost() {
    var lenient = new DeploymentErrors(2, 1, ERRORS.messages());

    assertEquals(
        "bad-startup-command",
        lenient.decide(List.of(), failed("1/127/ 1/127/")).orElseThrow().key());
  }

  @Test
  void messages_incomplete_areRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new DeploymentErrors(2, 2, Map.of("tls-error", "x")));
  }

  private static List<Instance> failed(String text) {
    var list = new ArrayList<Instance>();
    for (var word : words(text)) {
      var parts = word.split("/", -1);
      var flags = parts[2].isEmpty() ? Set.<String>of() : Set.of(parts[2].split("\\+"));
      var code = parts[1].isEmpty() ? null : Integer.valueOf(parts[1]);
      var like =
          Instances.instance(
              SERVICE, Integer.parseInt(parts[0]), Instance.Health.UNHEALTHY, flags, code, null);
      list.add(renamed(like, list.size()));
    }
    return list;
  }

  private static List<Instance> active(String text) {
    var list = new ArrayList<Instance>();
    for (var word : words(text)) {
      var number = 100 + list.size();
      list.add(
          switch (word) {
            case "healthy" -> Instances.healthy(SERVICE, number);
            case "unhealthy" -> Instances.unhealthy(SERVICE, number);
            default ->
                Instances.instance(
                    SERVICE,
                    number,
                    Instance.Health.UNHEALTHY,
                    Set.of(),
                    null,
                    Integer.valueOf(word));
          });
    }
    return list;
  }

  private static Instance renamed(Instance i, int number) {
    return new Instance(
        new InstanceId(SERVICE + ".failed-" + number),
        i.serviceId(),
        i.host(),
        i.port(),
        i.extraPorts(),
        i.startedAt(),
        i.health(),
        i.healthCheckStatus(),
        i.flags(),
        i.exitCode(),
        i.logDirectory(),
        i.message(),
        i.extras());
  }

  private static List<String> words(String text) {
    return text == null || text.isBlank() ? List.of() : List.of(text.trim().split(" +"));
  }
}
