package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether a description can become a service (contract waiter 5.3), and what to say if not. */
public final class DescriptionRules {
  private static final String GENERAL =
      "Service description using waiter headers/token improperly configured";
  private static final String PLACEHOLDER = "placeholder";
  private static final List<String> COMMAND_TYPES = List.of("docker", "shell");
  private static final List<String> SPOKEN_BY_URLS = List.of("http", "https");

  private final DescriptionDefaults defaults;
  private final Limits limits;
  private final List<String> authentications;

  /** The largest values that a description may ask for. */
  public record Limits(int cmdCharacters, double cpus, double mem) {
    public Limits {
      if (cmdCharacters < 1 || !(cpus > 0) || !(mem > 0)) {
        throw new IllegalArgumentException(
            "limits: " + cmdCharacters + ", " + cpus + ", " + mem + " (expected: all positive)");
      }
    }
  }

  /**
   * @param authentications the words for who checks the caller, in the order of display
   */
  public DescriptionRules(
      DescriptionDefaults defaults, Limits limits, List<String> authentications) {
    this.defaults = defaults;
    this.limits = limits;
    this.authentications = List.copyOf(authentications);
  }

  /**
   * Checks a core description with its defaults. A missing {@code run-as-user} is no problem here.
   */
  public Optional<Refusal> check(Map<String, Object> core) {
    return checkEffective(defaults.effective(core));
  }

  /** Checks a core description under the overrides; other parameters cannot be overridden. */
  public Optional<Refusal> checkOverrides(Map<String, Object> core, Map<String, Object> overrides) {
    var fixed =
        overrides.keySet().stream().filter(k -> !Parameters.isOverridable(k)).sorted().toList();
    if (!fixed.isEmpty()) {
      return Optional.of(
          misconfigured("Cannot override the following parameter(s): " + String.join(", ", fixed)));
    }
    return checkEffective(defaults.effective(core, overrides));
  }

  /** Checks the parameters of a token, which may leave required ones to others. */
  public Optional<Refusal> checkTemplate(Map<String, Object> parameters) {
    // not putIfAbsent: a parameter that was given as null is wrong, not absent
    var filled = new TreeMap<String, Object>();
    filled.put("cmd", PLACEHOLDER);
    filled.put("cpus", limits.cpus());
    filled.put("mem", limits.mem());
    filled.put("version", PLACEHOLDER);
    filled.putAll(parameters); // a fixed service without backends is a mistake, not a template
    var placeless = requesterWithNamespace(filled);
    return placeless.isPresent() ? placeless : check(filled);
  }

  /** Checks the defaults themselves, of parameters and of tokens. */
  public Optional<Refusal> checkDefaults() {
    var fixed =
        Map.<String, Object>of(
            "scheduler",
            FixedServices.SCHEDULER,
            FixedServices.BACKENDS,
            List.of("http://" + PLACEHOLDER));
    return checkTemplate(Map.of())
        .or(() -> checkTemplate(fixed))
        .or(() -> TokenMetadata.check(defaults.tokenSettings()));
  }

  /** Whether all required parameters are there, given or by default. */
  public boolean complete(Map<String, Object> parameters) {
    return Parameters.requiredPresent(defaults.effective(parameters).parameters());
  }

  static Optional<Refusal> requesterWithNamespace(Map<String, Object> parameters) {
    boolean specific =
        parameters.get("namespace") instanceof String namespace && !namespace.equals("*");
    return "*".equals(parameters.get("run-as-user")) && specific
        ? Optional.of(misconfigured("Cannot use run-as-requester with a specific namespace"))
        : Optional.empty();
  }

  Optional<Refusal> checkEffective(ServiceDescription effective) {
    var problems = Parameters.problems(effective.parameters());
    if (!problems.isEmpty()) {
      return Optional.of(misconfigured(GENERAL + "\n" + String.join("\n", problems)));
    }
    return firstOf(
        List.of(
            beyondLimits(effective),
            instances(effective),
            commandType(effective),
            authentication(effective),
            probe(effective, "health-check-", "health check"),
            probe(effective, "liveness-check-", "liveness check"),
            namespace(effective),
            profile(effective),
            fixed(effective)));
  }

  private Optional<Refusal> beyondLimits(ServiceDescription d) {
    var beyond = new ArrayList<String>();
    var cmd = d.string("cmd");
    if (cmd != null && cmd.length() > limits.cmdCharacters()) {
      beyond.add("cmd must be at most " + limits.cmdCharacters() + " characters");
    }
    addBeyond(beyond, d, "cpus", limits.cpus());
    addBeyond(beyond, d, "mem", limits.mem());
    return refuseIf(
        !beyond.isEmpty(),
        "The following fields exceed their allowed limits: " + String.join(", ", beyond));
  }

  private static void addBeyond(
      List<String> beyond, ServiceDescription d, String name, double limit) {
    if (d.get(name) instanceof Number given && given.doubleValue() > limit) {
      beyond.add(name + " is " + d.get(name) + " but the max allowed is " + plain(limit));
    }
  }

  private static Optional<Refusal> instances(ServiceDescription d) {
    if (!(d.get("min-instances") instanceof Number min)
        || !(d.get("max-instances") instanceof Number max)) {
      return Optional.empty();
    }
    return refuseIf(
        min.intValue() > max.intValue(),
        "min-instances (" + min + ") must be less than or equal to max-instances (" + max + ")");
  }

  private static Optional<Refusal> commandType(ServiceDescription d) {
    var type = d.string("cmd-type");
    return refuseIf(
        type != null && !COMMAND_TYPES.contains(type),
        "Command type " + type + " is not supported");
  }

  private Optional<Refusal> authentication(ServiceDescription d) {
    var authentication = d.string("authentication");
    if (authentication == null || authentications.contains(authentication)) {
      return Optional.empty();
    }
    var words = "'" + String.join("', '", authentications) + "'";
    return Optional.of(
        misconfigured("authentication must be one of: " + words)
            .errorClass("waiter.UnsupportedAuth"));
  }

  private static Optional<Refusal> probe(ServiceDescription d, String prefix, String what) {
    if ("disabled".equals(d.get("authentication"))
        && "standard".equals(d.get(prefix + "authentication"))) {
      return Optional.of(
          misconfigured(
              "The "
                  + what
                  + " authentication (standard) cannot be enabled when authentication"
                  + " is disabled"));
    }
    if (!(d.get(prefix + "port-index") instanceof Number index)) {
      return Optional.empty();
    }
    if (d.get("ports") instanceof Number ports && index.intValue() >= ports.intValue()) {
      return Optional.of(
          misconfigured(
              "The "
                  + what
                  + " port index ("
                  + index
                  + ") must be smaller than ports ("
                  + ports
                  + ")"));
    }
    var proto = d.string(prefix + "proto");
    var backend = d.string("backend-proto");
    return refuseIf(
        index.intValue() == 0 && proto != null && !proto.equals(backend),
        "The backend-proto ("
            + backend
            + ") and the "
            + what
            + " proto ("
            + proto
            + ") must match when the "
            + what
            + " port index is zero");
  }

  private static Optional<Refusal> namespace(ServiceDescription d) {
    var namespace = d.string("namespace");
    var user = d.string("run-as-user");
    return refuseIf(
        namespace != null && user != null && !namespace.equals("*") && !namespace.equals(user),
        "Service namespace must either be omitted or match the run-as-user");
  }

  private static Optional<Refusal> profile(ServiceDescription d) {
    var profile = d.string("profile");
    return refuseIf(
        profile != null, "Unsupported profile: " + profile + ", there are no supported profiles");
  }

  /** What cannot go together with servers that somebody else runs. */
  private static Optional<Refusal> fixed(ServiceDescription d) {
    if (!FixedServices.isFixed(d)) {
      return refuseIf(
          d.get(FixedServices.BACKENDS) != null, "backends can only be used with scheduler fixed");
    }
    var proto = d.string("backend-proto");
    return refuseIf(
            proto != null && !SPOKEN_BY_URLS.contains(proto),
            "backend-proto must be http or https with scheduler fixed: each backend's URL says"
                + " which")
        .or(
            () ->
                refuseIf(
                    d.get("ports") instanceof Number ports && ports.intValue() != 1,
                    "ports must be 1 with scheduler fixed: each backend's URL says which"));
  }

  private static Optional<Refusal> firstOf(List<Optional<Refusal>> checks) {
    return checks.stream().flatMap(Optional::stream).findFirst();
  }

  private static Optional<Refusal> refuseIf(boolean wrong, String message) {
    return wrong ? Optional.of(misconfigured(message)) : Optional.empty();
  }

  static Refusal misconfigured(String message) {
    return Refusal.of(400, message)
        .errorClass("waiter.ServiceMisconfigured")
        .with("error-cause", "service-description-error");
  }

  private static @Nullable Object plain(double number) {
    return number == Math.rint(number) ? (Object) (long) number : (Object) number;
  }
}
