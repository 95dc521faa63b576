package io.maitred.waitingroom;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.ConfigReader;
import io.maitred.waitingroom.model.config.Account;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code maitred.waiting-room.zones}. */
public final class ZoneConfig {
  private static final Pattern HOST =
      Pattern.compile(
          "\\*|(\\*\\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+]");

  private final ConfigReader reader;
  private final Set<String> ids = new HashSet<>();
  private final Set<String> hosts = new HashSet<>();

  private ZoneConfig(ConfigReader reader) {
    this.reader = reader;
  }

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException for a zone without a name, an id or a host
   *     that is none, and for an id or host of two zones
   */
  public static KnownZones read(Config config) {
    var reading = new ZoneConfig(new ConfigReader(config, "maitred.waiting-room"));
    var zones = new ArrayList<KnownZone>();
    try {
      for (var entry : config.getConfigList("maitred.waiting-room.zones")) {
        zones.add(reading.zone(entry));
      }
    } catch (ConfigException e) {
      throw reading.reader.invalid(
          "zones",
          String.valueOf(e.getMessage()),
          "a list of { name, id, account, hosts, always-https }");
    }
    return KnownZones.of(zones);
  }

  private KnownZone zone(Config entry) {
    var zone = entry.withFallback(ConfigFactory.parseString("id = \"\", account = default"));
    var name = zone.getString("name").trim();
    if (name.isEmpty()) {
      throw reader.invalid("zones.name", "\"\"", "a non-blank string");
    }
    var given = zone.getString("id");
    var id = given.isEmpty() ? KnownZones.idOf("zone", name) : given;
    if (!KnownZones.isId(id) || !ids.add(id)) {
      throw reader.invalid(
          "zones.id", id + " of " + name, "32 lower-case hexadecimal digits, of this zone only");
    }
    return new KnownZone(
        id,
        name,
        account(zone.getString("account")),
        hosts(zone, name),
        zone.hasPath("always-https") && zone.getBoolean("always-https"));
  }

  private static Account account(String nameOrId) {
    return KnownZones.isId(nameOrId) ? new Account(nameOrId, nameOrId) : Account.named(nameOrId);
  }

  private List<String> hosts(Config zone, String name) {
    var given = zone.hasPath("hosts") ? zone.getStringList("hosts") : List.of(name, "*." + name);
    var checked = new ArrayList<String>();
    for (var host : given) {
      var lower = host.toLowerCase(Locale.ROOT);
      if (!HOST.matcher(lower).matches()) {
        throw reader.invalid("zones.hosts", host + " of " + name, "host names, *.name or *");
      }
      if (!hosts.add(lower)) {
        throw reader.invalid("zones.hosts", host + " of " + name, "each host once");
      }
      checked.add(lower);
    }
    if (checked.isEmpty()) {
      throw reader.invalid("zones.hosts", "none of " + name, "at least one host");
    }
    return checked;
  }
}
