package io.maitred.waitingroom.ticket;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import java.time.Duration;

/**
 * Settings of tickets, from {@code maitred.waiting-room.ticket}.
 *
 * @param rotateAfter age at which the newest key gets a successor
 * @param keySpread how long a new key may take to reach every node
 */
public record TicketSettings(Duration rotateAfter, Duration keySpread) {

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException names the wrong setting
   */
  public static TicketSettings from(Config config) {
    var reader = new ConfigReader(config, "maitred.waiting-room.ticket");
    return new TicketSettings(
        reader.duration("rotate-after", Duration.ofHours(1), Duration.ofDays(3650)),
        reader.duration("key-spread", Duration.ZERO, Duration.ofHours(1)));
  }
}
