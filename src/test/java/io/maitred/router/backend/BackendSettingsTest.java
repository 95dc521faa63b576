package io.maitred.router.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.InvalidSettingException;
import io.maitred.http.ServerSettingsFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendSettingsTest {

  @Test
  void shippedDefaults_areRead() {
    var settings = BackendSettings.from(ConfigFactory.load());
    assertEquals(Duration.ofSeconds(5), settings.connectTimeout());
    assertEquals(8192, settings.responseHeaderLimit());
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource({
    "event-loops, -1",
    "connect-timeout, 0s",
    "idle-timeout, 2h",
    "max-idle-per-backend, many",
    "response-header-limit, 10",
    "tls-trust-all, maybe",
  })
  void wrongValue_isNamed(String name, String value) {
    var path = "maitred.router.backend." + name;
    var config = ConfigFactory.parseString(path + " = " + value).withFallback(ConfigFactory.load());
    var failure = assertThrows(InvalidSettingException.class, () -> BackendSettings.from(config));
    assertEquals(true, String.valueOf(failure.getMessage()).startsWith(path + ": "));
  }

  @Test
  void shippedServerSettings_areTheOnesThatTheContractNeeds() {
    var server = ServerSettingsFactory.create(ConfigFactory.load());
    assertEquals(2, server.getPipeliningLimit());
    assertEquals(true, server.getRawRequestUriHeader());
    assertEquals(false, server.getServerHeader().isPresent());
    assertEquals(Long.MAX_VALUE, server.getParserSettings().getMaxContentLength());
    assertEquals(32768, server.getParserSettings().getMaxUriLength());
    assertEquals(256, server.getParserSettings().getMaxHeaderCount());
  }
}
