package io.maitred.service.model;

import static io.maitred.service.model.Check.decimal;
import static io.maitred.service.model.Check.integer;
import static io.maitred.service.model.Check.integerSaying;
import static io.maitred.service.model.Check.nonEmptyString;
import static io.maitred.service.model.Check.oneOf;
import static io.maitred.service.model.Check.positiveNumber;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The table of service parameters (contract waiter 5.1). Defaults are settings and stand in {@code
 * reference.conf}.
 */
public final class Parameters {

  /** How the value of the header {@code x-waiter-<name>} is read. */
  enum Header {
    /** As it is. */
    TEXT,
    /** As JSON; text that is no JSON is a string. */
    JSON
  }

  /**
   * @param header how a header's value is read
   * @param required a service cannot run without
   * @param overridable may be changed at run time (contract waiter 3.12)
   */
  record Parameter(
      String name, Header header, boolean required, boolean overridable, Check check) {}

  private static final Map<String, Parameter> TABLE = new LinkedHashMap<>();

  static {
    var proto =
        oneOf(List.of("h2", "h2c", "http", "https"), "must be one of h2, h2c, http, or https.");
    var checkAuthentication =
        oneOf(List.of("disabled", "standard"), "must be one of 'disabled' or 'standard'.");
    var instances = integerSaying(1, 2000, "must be between 1 and 2000.");

    required("cmd", Header.TEXT, nonEmptyString());
    required("cpus", Header.JSON, positiveNumber());
    required("mem", Header.JSON, positiveNumber());
    required("run-as-user", Header.TEXT, nonEmptyString());
    required("version", Header.TEXT, nonEmptyString());

    fixed("allowed-params", Header.TEXT, NameRules::allowedParams);
    overridable("authentication", Header.TEXT, nonEmptyString());
    fixed("backend-proto", Header.TEXT, proto);
    fixed(FixedServices.BACKENDS, Header.JSON, FixedServices::problems);
    fixed("cmd-type", Header.TEXT, nonEmptyString());
    overridable("concurrency-level", Header.JSON, integer(1, 10_000));
    overridable(
        "distribution-scheme",
        Header.TEXT,
        oneOf(List.of("balanced", "simple"), "must be one of balanced or simple."));
    fixed("env", Header.JSON, NameRules::env);
    overridable("expired-instance-restart-rate", Header.JSON, decimal('(', 0, 1, ']'));
    overridable("grace-period-secs", Header.JSON, integer(0, 3600));
    fixed("health-check-authentication", Header.TEXT, checkAuthentication);
    overridable("health-check-interval-secs", Header.JSON, integer(5, 600));
    overridable("health-check-max-consecutive-failures", Header.JSON, integer(1, 36));
    fixed("health-check-port-index", Header.JSON, integer(0, 9));
    fixed("health-check-proto", Header.TEXT, proto.orNull());
    fixed("health-check-url", Header.TEXT, nonEmptyString());
    overridable("idle-timeout-mins", Header.JSON, integer(0, 43_200));
    fixed("image", Header.TEXT, nonEmptyString());
    overridable(
        "instance-expiry-mins",
        Header.JSON,
        integerSaying(0, Integer.MAX_VALUE, "must be a non-negative integer."));
    overridable("interstitial-secs", Header.JSON, integer(0, 3600));
    overridable("jitter-threshold", Header.JSON, decimal('[', 0, 1, ')'));
    fixed("liveness-check-authentication", Header.TEXT, checkAuthentication);
    overridable("liveness-check-interval-secs", Header.JSON, integer(5, 600));
    overridable("liveness-check-max-consecutive-failures", Header.JSON, integer(1, 36));
    fixed("liveness-check-port-index", Header.JSON, integer(0, 9));
    fixed("liveness-check-proto", Header.TEXT, proto.orNull());
    fixed("liveness-check-url", Header.TEXT, nonEmptyString());
    overridable(
        "load-balancing",
        Header.TEXT,
        oneOf(
            List.of("oldest", "youngest", "random"),
            "must be one of 'oldest', 'youngest' or 'random'."));
    overridable("max-instances", Header.JSON, instances);
    overridable(
        "max-queue-length",
        Header.JSON,
        integerSaying(1, Integer.MAX_VALUE, "must be a positive integer."));
    fixed("metadata", Header.JSON, NameRules::metadata);
    fixed(
        "metric-group",
        Header.TEXT,
        Check.matching(
            Pattern.compile("(?=.{2,32}$)[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"),
            "must have 2 to 32 characters: lower-case letters and digits, a letter first,"
                + " words separated by a single dash or underscore."));
    overridable("min-instances", Header.JSON, instances);
    fixed("name", Header.TEXT, nonEmptyString());
    fixed("namespace", Header.TEXT, nonEmptyString());
    fixed("permitted-user", Header.TEXT, nonEmptyString());
    fixed("ports", Header.JSON, integer(1, 10));
    fixed("profile", Header.TEXT, nonEmptyString());
    overridable("restart-backoff-factor", Header.JSON, Check.numberFrom(1));
    fixed(
        "routing-mode",
        Header.JSON,
        oneOf(
            List.of(
                "default",
                "waiter-router",
                "headless",
                "ingress-distributed",
                "ingress-centralized"),
            "must be one of default, waiter-router, headless, ingress-distributed, or"
                + " ingress-centralized."));
    overridable("scale-down-factor", Header.JSON, decimal('(', 0, 1, ')'));
    overridable("scale-factor", Header.JSON, decimal('(', 0, 2, ']'));
    overridable("scale-up-factor", Header.JSON, decimal('(', 0, 1, ')'));
    fixed("scheduler", Header.JSON, nonEmptyString());
    overridable("termination-grace-period-secs", Header.JSON, integer(0, 300));
  }

  private Parameters() {}

  /** The names of all parameters. */
  public static Set<String> names() {
    return java.util.Collections.unmodifiableSet(TABLE.keySet());
  }

  public static boolean isParameter(String name) {
    return TABLE.containsKey(name);
  }

  /** Whether it may be changed at run time (contract waiter 3.12). */
  public static boolean isOverridable(String name) {
    var parameter = TABLE.get(name);
    return parameter != null && parameter.overridable();
  }

  /** Whether a setting given as text has to be read as JSON. */
  public static boolean isText(String name) {
    var parameter = TABLE.get(name);
    return parameter != null && parameter.header() == Header.TEXT;
  }

  /**
   * Whether none of the required parameters is missing. A fixed service needs its backends only:
   * the owner of its token fills in {@code run-as-user}.
   */
  public static boolean requiredPresent(Map<String, Object> parameters) {
    return TABLE.values().stream()
        .noneMatch(p -> required(p, parameters) && parameters.get(p.name()) == null);
  }

  private static boolean required(Parameter parameter, Map<String, Object> parameters) {
    return FixedServices.isFixed(parameters)
        ? parameter.name().equals(FixedServices.BACKENDS)
        : parameter.required();
  }

  static @Nullable Parameter find(String name) {
    return TABLE.get(name);
  }

  /**
   * One line for each problem, in the order of the table. A missing required parameter is a
   * problem, except {@code run-as-user}: who asks may fill it in.
   */
  static List<String> problems(Map<String, Object> parameters) {
    var problems = new ArrayList<String>();
    for (var parameter : TABLE.values()) {
      var name = parameter.name();
      boolean demanded = required(parameter, parameters) && !name.equals("run-as-user");
      if ((demanded || parameters.containsKey(name)) && !isCopy(name, parameters)) {
        problems.addAll(parameter.check().problems(name, parameters.get(name)));
      }
    }
    return problems;
  }

  /** A liveness check that is a copy of the health check would only say everything twice. */
  private static boolean isCopy(String name, Map<String, Object> parameters) {
    return name.startsWith("liveness-check-")
        && Objects.equals(
            parameters.get(name), parameters.get(name.replace("liveness-", "health-")));
  }

  private static void required(String name, Header header, Check check) {
    TABLE.put(name, new Parameter(name, header, true, false, check));
  }

  private static void fixed(String name, Header header, Check check) {
    TABLE.put(name, new Parameter(name, header, false, false, check));
  }

  private static void overridable(String name, Header header, Check check) {
    TABLE.put(name, new Parameter(name, header, false, true, check));
  }
}
