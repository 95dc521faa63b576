package io.maitred.waitingroom.store;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The embedded default: one H2 file for all nodes. */
class RoomStoreH2IT extends RoomStoreSuite {
  @TempDir static Path directory;

  @Override
  Map<String, Object> database(String name) {
    return Map.of("maitred.data-dir", directory.resolve(name).toString());
  }
}
