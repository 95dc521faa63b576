package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import io.maitred.router.backend.BackendAddress;
import io.maitred.testkit.SelfSigned;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backends that speak HTTP over TLS with a certificate that nobody has signed. */
class ForwarderTlsIT {
  @ParameterizedTest(name = "trust all: {0}")
  @CsvSource({"on, 200, SUCCESS", "off, 502, INSTANCE_ERROR"})
  void selfSignedCertificate(String trustAll, int status, Outcome outcome, @TempDir Path folder)
      throws Exception {
    try (var front = TestFront.start("maitred.router.backend.tls-trust-all = " + trustAll);
        var backend =
            ScriptedBackend.playing(
                listener(folder),
                line -> {
                  while (!line.readHead().isEmpty()) {
                    line.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  }
                });
        var client = front.to(BackendAddress.of("https", "127.0.0.1", backend.port())).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertTrue(client.readHead().startsWith("HTTP/1.1 " + status + " "));
      assertEquals(outcome, front.nextOutcome());
    }
  }

  private static ServerSocket listener(Path folder) throws Exception {
    return SelfSigned.context(folder)
        .getServerSocketFactory()
        .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }
}
