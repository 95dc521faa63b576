package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.config.KnownZones;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an operator has to know to call the API for the first time. */
final class StartLines {

  private StartLines() {}

  /**
   * @param base scheme and authority of this node, for instance {@code http://localhost:9091}
   * @param token the file of the token
   */
  static List<String> of(String base, Path token, KnownZones zones) {
    var lines = new ArrayList<String>();
    lines.add("Waiting room API: " + base + "/client/v4, its token is in " + token);
    for (var zone : zones.listed()) {
      lines.add(
          "Zone %s: id %s, hosts %s; account %s: id %s"
              .formatted(
                  zone.name(),
                  zone.id(),
                  String.join(" ", zone.hosts()),
                  zone.account().name(),
                  zone.account().id()));
    }
    return lines;
  }
}
