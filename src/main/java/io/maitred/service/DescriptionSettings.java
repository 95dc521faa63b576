package io.maitred.service;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueType;
import io.maitred.common.ConfigReader;
import io.maitred.service.model.DescriptionDefaults;
import io.maitred.service.model.DescriptionRules;
import io.maitred.service.model.DescriptionRules.Limits;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.Parameters;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.TokenKeys;
import io.maitred.service.model.TokenRules;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongBiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The settings of descriptions and tokens: {@code maitred.service}.
 *
 * @param serviceIdPrefix begins every service id
 * @param unsupportedHeaders a request with one of these is refused; lower case
 * @param exclusivePromotionStart see {@link Resolution.Settings}
 * @param historyLength how many previous versions a token remembers
 * @param limitPerOwner how many other tokens an owner may have when one is stored
 * @param hostToCluster cluster names by the host of the request, where it is not the own name
 */
public record DescriptionSettings(
    DescriptionDefaults defaults,
    Limits limits,
    String serviceIdPrefix,
    Set<String> unsupportedHeaders,
    Instant exclusivePromotionStart,
    int historyLength,
    int limitPerOwner,
    Map<String, String> hostToCluster) {

  private static final String AT = "maitred.service";

  /** What {@code authentication} may be, as long as there is one authenticator. */
  private static final List<String> AUTHENTICATIONS = List.of("disabled", "standard");

  public DescriptionSettings {
    unsupportedHeaders = Set.copyOf(unsupportedHeaders);
    hostToCluster = Map.copyOf(hostToCluster);
  }

  /**
   * @throws io.maitred.common.InvalidSettingException when a value is wrong
   */
  public static DescriptionSettings from(Config root) {
    var reader = new ConfigReader(root, AT);
    var config = root.getConfig(AT);
    var headers = new HashSet<String>();
    reader.strings("unsupported-headers").forEach(h -> headers.add(h.toLowerCase(Locale.ROOT)));
    var settings =
        new DescriptionSettings(
            new DescriptionDefaults(
                tree(config.getObject("defaults")),
                tree(config.getObject("fixed-defaults")),
                tree(config.getObject("token-defaults")),
                metricGroups(config, reader)),
            new Limits(
                reader.integer("constraints.cmd", 1, 100_000),
                reader.number("constraints.cpus", 0.001, 1_000_000),
                reader.number("constraints.mem", 1, 1_000_000_000)),
            prefix(reader),
            headers,
            instant(reader, "tokens.exclusive-promotion-start"),
            reader.integer("tokens.history-length", 1, 20),
            reader.integer("tokens.limit-per-owner", 0, 1_000_000),
            clusters(config.getObject("tokens.host-to-cluster")));
    settings.checkDefaults(reader);
    return settings;
  }

  /** The rules of descriptions. */
  public DescriptionRules rules() {
    return new DescriptionRules(defaults, limits, AUTHENTICATIONS);
  }

  /**
   * The way from a request to its service.
   *
   * @param hostnames the hosts of the API itself, lower case
   */
  public Resolution resolution(Set<String> hostnames) {
    return new Resolution(
        defaults,
        rules(),
        new Resolution.Settings(
            serviceIdPrefix, hostnames, unsupportedHeaders, exclusivePromotionStart),
        new HeaderJson());
  }

  /**
   * The rules of tokens.
   *
   * @param hostnames the hosts of the API itself, lower case
   * @param otherTokens counts the living tokens of an owner but one: (owner, that token's name)
   */
  public TokenRules tokenRules(
      Entitlements entitlements,
      Set<String> hostnames,
      String clusterName,
      ToLongBiFunction<String, String> otherTokens) {
    return new TokenRules(
        rules(),
        entitlements,
        new TokenRules.Settings(hostnames, clusterName, historyLength, limitPerOwner),
        otherTokens);
  }

  private void checkDefaults(ConfigReader reader) {
    for (var name : defaults.parameters().keySet()) {
      if (!Parameters.isParameter(name)) {
        throw reader.invalid("defaults." + name, "unknown", "a service parameter");
      }
    }
    for (var name : defaults.fixedParameters().keySet()) {
      if (!Parameters.isParameter(name)) {
        throw reader.invalid("fixed-defaults." + name, "unknown", "a service parameter");
      }
    }
    for (var name : defaults.tokenSettings().keySet()) {
      if (!TokenKeys.USER_METADATA.contains(name)) {
        throw reader.invalid("token-defaults." + name, "unknown", "metadata of a token");
      }
    }
    rules()
        .checkDefaults()
        .ifPresent(
            refusal -> {
              throw reader.invalid(
                  "defaults, fixed-defaults, token-defaults",
                  refusal.message().replace('\n', ' '),
                  "valid values");
            });
  }

  private static String prefix(ConfigReader reader) {
    var prefix = reader.nonBlank("service-id-prefix");
    if (!prefix.matches("[A-Za-z0-9_-]{1,64}")) {
      throw reader.invalid(
          "service-id-prefix", prefix, "1 to 64 letters, digits, dashes or underscores");
    }
    return prefix;
  }

  private static Instant instant(ConfigReader reader, String path) {
    var text = reader.string(path);
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw reader.invalid(path, text, "a time such as 2050-01-01T00:00:00Z");
    }
  }

  private static List<DescriptionDefaults.MetricGroup> metricGroups(
      Config config, ConfigReader reader) {
    var groups = new ArrayList<DescriptionDefaults.MetricGroup>();
    for (var mapping : config.getConfigList("metric-group-mappings")) {
      var name = mapping.getString("name");
      try {
        groups.add(
            new DescriptionDefaults.MetricGroup(Pattern.compile(name), mapping.getString("group")));
      } catch (PatternSyntaxException e) {
        throw reader.invalid("metric-group-mappings.name", name, "a regular expression");
      }
    }
    return groups;
  }

  private static Map<String, String> clusters(ConfigObject object) {
    var clusters = new TreeMap<String, String>();
    object.forEach((host, name) -> clusters.put(host, String.valueOf(name.unwrapped())));
    return clusters;
  }

  /** Values that came as text, as system properties do, are read like those of headers. */
  private static Map<String, Object> tree(ConfigObject object) {
    var tree = new TreeMap<String, Object>();
    object.forEach(
        (name, value) -> {
          var plain =
              value.valueType() == ConfigValueType.STRING && !Parameters.isText(name)
                  ? new HeaderJson().parse(String.valueOf(value.unwrapped()))
                  : value.unwrapped();
          if (plain != null) {
            tree.put(name, plain);
          }
        });
    return tree;
  }
}
