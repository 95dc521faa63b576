package io.maitred.waitingroom.preview;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database. */
class PreviewTableTest extends PreviewTableSuite {
  @TempDir Path folder;

  @Override
  Map<String, Object> settings() {
    return Map.of("maitred.data-dir", folder.toString());
  }
}
