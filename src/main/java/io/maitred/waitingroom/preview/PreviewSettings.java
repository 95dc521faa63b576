package io.maitred.waitingroom.preview;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * How long, and how many, previews are kept.
 *
 * @param keep one hour to one day
 * @param maxCount of all previews together
 * @param maxBytes of all previews together
 */
public record PreviewSettings(Duration keep, int maxCount, long maxBytes) {
  /** Nothing younger makes room for another preview. */
  static final Duration GUARANTEED = Duration.ofHours(1);

  private static final Duration MAX_KEPT = Duration.ofHours(24);
  private static final long MIN_BYTES = 1024 * 1024;
  private static final long MAX_BYTES = 1024 * 1024 * 1024;

  /**
   * Reads {@code maitred.waiting-room.api.preview}.
   *
   * @throws io.maitred.common.InvalidSettingException for a wrong value
   */
  public static PreviewSettings from(Config config) {
    var reader = new ConfigReader(config, "maitred.waiting-room.api.preview");
    return new PreviewSettings(
        reader.duration("keep", GUARANTEED, MAX_KEPT),
        reader.integer("max-count", 1, 100_000),
        reader.bytes("max-bytes", MIN_BYTES, MAX_BYTES));
  }
}
