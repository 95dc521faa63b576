package io.maitred.http.waitingroom.api;

import io.maitred.testkit.CloudflareSdk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cloudflare's client against the front end and the rules alone, without a cluster below them. */
class SdkAgainstRulesIT {
  @TempDir Path folder;

  @Test
  void allChecks_withAndWithoutPrefix() throws Exception {
    var token = Files.writeString(folder.resolve("token"), RoomApiFixture.TOKEN + "\n");
    try (var fixture = new RoomApiFixture("api.serve-without-prefix = on")) {
      var url = "http://localhost:" + fixture.bind();
      CloudflareSdk.check(url, token, "/client/v4");
      CloudflareSdk.check(url, token, "");
    }
  }
}
