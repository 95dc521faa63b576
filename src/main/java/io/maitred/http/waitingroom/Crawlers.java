package io.maitred.http.waitingroom;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.maitred.common.AddressRange;
import io.maitred.common.ConfigReader;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/**
 * Crawlers of search engines that are known by their addresses: a user agent can be written by
 * anybody (contract waiting room 15.6).
 *
 * @param known each crawler with its networks
 */
public record Crawlers(List<Crawler> known) {

  /**
   * One crawler.
   *
   * @param userAgent part of its user agent, lower case
   * @param networks where it comes from
   */
  public record Crawler(String userAgent, List<AddressRange> networks) {
    public Crawler {
      networks = List.copyOf(networks);
    }
  }

  public Crawlers {
    known = List.copyOf(known);
  }

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException for an entry without user agent, and for what
   *     is no network
   */
  public static Crawlers from(Config config) {
    var reader = new ConfigReader(config, "maitred.waiting-room");
    try {
      return new Crawlers(
          config.getConfigList("maitred.waiting-room.crawlers").stream()
              .map(entry -> crawler(reader, entry))
              .toList());
    } catch (ConfigException e) {
      throw reader.invalid(
          "crawlers", String.valueOf(e.getMessage()), "a list of { user-agent, networks }");
    }
  }

  private static Crawler crawler(ConfigReader reader, Config entry) {
    var userAgent = entry.getString("user-agent").trim().toLowerCase(Locale.ROOT);
    if (userAgent.isEmpty()) {
      throw reader.invalid("crawlers.user-agent", "\"\"", "a non-blank string");
    }
    return new Crawler(
        userAgent,
        entry.getStringList("networks").stream()
            .map(
                text ->
                    AddressRange.of(text)
                        .orElseThrow(
                            () ->
                                reader.invalid(
                                    "crawlers.networks", text, "addresses or networks in CIDR")))
            .toList());
  }

  /** Whether both the user agent and the address are those of one crawler. */
  boolean include(String userAgent, InetAddress address) {
    var lower = userAgent.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(crawler -> lower.contains(crawler.userAgent()))
        .anyMatch(
            crawler -> crawler.networks().stream().anyMatch(range -> range.contains(address)));
  }
}
