package io.maitred.http.waitingroom.api;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.maitred.common.ConfigReader;
import io.maitred.waitingroom.model.config.Account;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings of the API of waiting rooms.
 *
 * @param serveWithoutPrefix whether paths without {@code /client/v4} are served as well
 * @param publicUrl scheme and authority that clients reach this installation by, without a slash at
 *     the end; empty: as each request says
 * @param maxBodyBytes largest body of a call
 */
record ApiSettings(
    boolean serveWithoutPrefix, String publicUrl, int maxBodyBytes, List<ApiToken> tokens) {
  private static final String AT = "maitred.waiting-room.api";

  /** A page of 1 MiB can be six times as long in JSON. */
  private static final int MIN_BODY = 64 * 1024;

  private static final int MAX_BODY = 16 * 1024 * 1024;
  private static final int MIN_TOKEN = 16;

  public ApiSettings {
    tokens = List.copyOf(tokens);
  }

  /**
   * @param zones that tokens may be restricted to
   * @throws io.maitred.common.InvalidSettingException for a wrong value
   */
  static ApiSettings from(Config config, KnownZones zones) {
    var reader = new ConfigReader(config, AT);
    return new ApiSettings(
        reader.bool("serve-without-prefix"),
        publicUrl(reader),
        (int) reader.bytes("max-body", MIN_BODY, MAX_BODY),
        tokens(config, reader, zones));
  }

  private static String publicUrl(ConfigReader reader) {
    var text = reader.string("public-url");
    try {
      var url = new URI(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean bare = url.getRawPath() == null || url.getRawPath().isEmpty();
      if (text.isEmpty() || (web && url.getHost() != null && bare && url.getRawQuery() == null)) {
        return text;
      }
    } catch (URISyntaxException e) {
      throw reader.invalid("public-url", text, "a URL; " + e.getReason());
    }
    throw reader.invalid("public-url", text, "http or https URL without a path, or empty");
  }

  private static List<ApiToken> tokens(Config config, ConfigReader reader, KnownZones zones) {
    var tokens = new ArrayList<ApiToken>();
    try {
      for (var entry : config.getConfigList(AT + ".tokens")) {
        tokens.add(token(entry, reader, zones));
      }
    } catch (ConfigException e) {
      // the message of a wrong type does not show the value
      throw reader.invalid(
          "tokens", String.valueOf(e.getMessage()), "a list of { token, zones, accounts }");
    }
    return tokens;
  }

  private static ApiToken token(Config entry, ConfigReader reader, KnownZones zones) {
    var token = entry.getString("token").trim();
    if (token.length() < MIN_TOKEN) {
      throw reader.invalid("tokens.token", "*****", "at least " + MIN_TOKEN + " characters");
    }
    return ApiToken.of(
        token,
        ids(entry, "zones", zones.listed(), KnownZone::id, KnownZone::name, reader, zones),
        ids(entry, "accounts", zones.accounts(), Account::id, Account::name, reader, zones));
  }

  private interface Text<T> {
    String of(T value);
  }

  /** The ids of what is listed by name or id. */
  private static <T> Set<String> ids(
      Config entry,
      String key,
      List<T> known,
      Text<T> id,
      Text<T> name,
      ConfigReader reader,
      KnownZones zones) {
    var ids = new HashSet<String>();
    for (var given : entry.hasPath(key) ? entry.getStringList(key) : List.<String>of()) {
      var found =
          known.stream()
              .filter(value -> given.equals(id.of(value)) || given.equals(name.of(value)))
              .findFirst();
      if (found.isEmpty() && !(zones.isOpen() && KnownZones.isId(given))) {
        throw reader.invalid("tokens." + key, given, "the name or id of one that is configured");
      }
      ids.add(found.map(id::of).orElse(given));
    }
    return ids;
  }
}
