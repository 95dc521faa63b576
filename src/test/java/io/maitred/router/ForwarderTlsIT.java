package io.maitred.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.reservation.model.Outcome;
import io.maitred.router.backend.BackendAddress;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backends that speak HTTP over TLS with a certificate that nobody has signed. */
class ForwarderTlsIT {
  private static final String PASSWORD = "changeit";

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
    var file = folder.resolve("backend.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "backend",
                "-keyalg",
                "EC",
                "-dname",
                "CN=backend",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertEquals(0, made);
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }
}
