package io.maitred.http;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.maitred.common.ConfigReader;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings of the front end, {@code maitred.http}.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 lets the system choose
 * @param hostnames names under which clients reach this router itself; the first is used in URLs
 * @param serverName value of the {@code server} header of own responses
 * @param supportInfo where users find help
 * @param requestLog whether every request is logged
 * @param connectionIdleTimeout a client's connection without a request is closed after this long
 * @param drainDelay how long a stopping node answers with {@code connection: close} before it stops
 *     listening
 * @param terminationDeadline how long requests in flight may take when the node stops
 */
public record HttpSettings(
    String host,
    int port,
    List<String> hostnames,
    String serverName,
    List<SupportLink> supportInfo,
    boolean requestLog,
    Duration connectionIdleTimeout,
    Duration drainDelay,
    Duration terminationDeadline) {

  private static final Pattern PRODUCT =
      Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+(/[A-Za-z0-9!#$%&'*+.^_`|~-]+)?");

  public HttpSettings {
    hostnames = List.copyOf(hostnames);
    supportInfo = List.copyOf(supportInfo);
  }

  /**
   * @throws io.maitred.common.InvalidSettingException names the wrong setting
   */
  public static HttpSettings from(Config config) {
    var at = "maitred.http";
    var reader = new ConfigReader(config, at);
    return new HttpSettings(
        reader.nonBlank("host"),
        reader.port("port"),
        hostnames(reader),
        serverName(reader),
        supportInfo(config.getConfig(at), reader),
        reader.bool("request-log"),
        reader.duration("connection-idle-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
        reader.duration("drain-delay", Duration.ZERO, Duration.ofSeconds(14)),
        reader.duration("termination-deadline", Duration.ZERO, Duration.ofHours(1)));
  }

  /** The name used in URLs that the API gives out. */
  public String hostname() {
    return hostnames.get(0);
  }

  private static List<String> hostnames(ConfigReader reader) {
    var names = reader.strings("hostnames");
    if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
      throw reader.invalid("hostnames", names, "at least one name, none of them blank");
    }
    return names;
  }

  private static String serverName(ConfigReader reader) {
    var name = reader.string("server-name");
    if (name.isEmpty()) {
      return Product.TOKEN;
    }
    if (!PRODUCT.matcher(name).matches()) {
      throw reader.invalid("server-name", "\"" + name + "\"", "name or name/version");
    }
    return name;
  }

  private static List<SupportLink> supportInfo(Config config, ConfigReader reader) {
    try {
      return config.getConfigList("support-info").stream()
          .map(
              link ->
                  new SupportLink(
                      link.getString("label"), link.getString("type"), link.getString("value")))
          .toList();
    } catch (ConfigException e) {
      throw reader.invalid(
          "support-info",
          config.getValue("support-info").unwrapped(),
          "a list of objects with label, type and value");
    }
  }
}
