package io.maitred.waitingroom.ticket;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * Settings of tickets, from {@code maitred.waiting-room.ticket}.
 *
 * @param rotateAfter age at which the newest key gets a successor
 */
public record TicketSettings(Duration rotateAfter) {

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException names the wrong setting
   */
  public static TicketSettings from(Config config) {
    var reader = new ConfigReader(config, "maitred.waiting-room.ticket");
    return new TicketSettings(
        reader.duration("rotate-after", Duration.ofHours(1), Duration.ofDays(3650)));
  }
}
