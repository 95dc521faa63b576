package io.maitred.waitingroom.store;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.store.StoreSettings;
import io.maitred.waitingroom.model.config.ConfigLimits;

/**
 * Settings of the {@link RoomStore}: {@code maitred.waiting-room.store} and {@code
 * maitred.waiting-room.limits}, each explained in {@code reference.conf}.
 */
public record RoomStoreSettings(StoreSettings store, ConfigLimits limits) {

  /**
   * @throws io.maitred.common.InvalidSettingException for a wrong value
   */
  public static RoomStoreSettings from(Config root) {
    var limits = new ConfigReader(root, "maitred.waiting-room.limits");
    return new RoomStoreSettings(
        StoreSettings.from(root, "maitred.waiting-room.store"),
        new ConfigLimits(
            limits.integer("min-users", 1, 1_000_000),
            limits.integer("rooms-per-zone", 1, 100_000),
            limits.bytes("zone-size", 1024, 256 << 20)));
  }
}
