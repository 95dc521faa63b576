package io.maitred.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptionSettingsTest {

  @Test
  void shippedSettings_areTheContracts() {
    var settings = read("");

    assertEquals(1200, settings.limits().cmdCharacters());
    assertEquals(32, settings.limits().cpus());
    assertEquals(131072, settings.limits().mem());
    assertEquals("waiter-service-", settings.serviceIdPrefix());
    assertEquals(5, settings.historyLength());
    assertEquals(1000, settings.limitPerOwner());
    assertEquals(0.001, settings.defaults().parameters().get("scale-down-factor"));
    assertEquals(15, settings.defaults().tokenSettings().get("stale-timeout-mins"));
  }

  @Test
  void textFromTheCommandLine_isReadAsItsKind() {
    var settings =
        read(
            "defaults { idle-timeout-mins = \"7\", jitter-threshold = \"0.2\", permitted-user = \"5\" }\n"
                + "token-defaults.https-redirect = \"true\"");

    assertEquals(7, settings.defaults().parameters().get("idle-timeout-mins"));
    assertEquals(0.2, settings.defaults().parameters().get("jitter-threshold"));
    assertEquals("5", settings.defaults().parameters().get("permitted-user"));
    assertEquals(true, settings.defaults().tokenSettings().get("https-redirect"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          defaults.ports = 11           ~ maitred.service.defaults, fixed-defaults, token-defaults: Service description using waiter headers/token improperly configured ports must be an integer in the range [1, 10]. (expected: valid values)
          defaults.port = 1             ~ maitred.service.defaults.port: unknown (expected: a service parameter)
          token-defaults.x = 1          ~ maitred.service.token-defaults.x: unknown (expected: metadata of a token)
          token-defaults.stale-timeout-mins = -1 ~ maitred.service.defaults, fixed-defaults, token-defaults: Validation failed for token: stale-timeout-mins must be an integer in the range [0, 240]. (expected: valid values)
          constraints.cpus = 0          ~ maitred.service.constraints.cpus: 0.0 (expected: a number from 0.001 to 1000000.0)
          service-id-prefix = "a.b"     ~ maitred.service.service-id-prefix: a.b (expected: 1 to 64 letters, digits, dashes or underscores)
          tokens.history-length = 0     ~ maitred.service.tokens.history-length: 0 (expected: an integer from 1 to 20)
          tokens.exclusive-promotion-start = soon ~ maitred.service.tokens.exclusive-promotion-start: soon (expected: a time such as 2050-01-01T00:00:00Z)
          metric-group-mappings = [{ name = "(", group = x }] ~ maitred.service.metric-group-mappings.name: ( (expected: a regular expression)
          """)
  void wrongValues_areNamed(String setting, String message) {
    var wrong = assertThrows(InvalidSettingException.class, () -> read(setting));

    assertEquals(message, wrong.getMessage());
  }

  private static DescriptionSettings read(String changes) {
    return DescriptionSettings.from(
        ConfigFactory.parseString("maitred.service { " + changes + " }")
            .withFallback(ConfigFactory.load()));
  }
}
