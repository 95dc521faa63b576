package io.maitred.service.model;

import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From a request's headers and host to the service that it means (contract waiter 5.4, 6.1): first
 * {@link #discover} what is named, then {@link #resolve} it for the caller. Pure: the same
 * arguments give the same answer, and nothing that a client sends makes it throw.
 */
public final class Resolution {
  private static final String WAITER_CONFIG_TOKEN = "WAITER_CONFIG_TOKEN";

  private final DescriptionDefaults defaults;
  private final DescriptionRules rules;
  private final Settings settings;
  private final JsonText json;

  /**
   * @param serviceIdPrefix begins every service id
   * @param hostnames the hosts of the API itself, never taken as token names
   * @param unsupportedHeaders a request with one of these is refused; lower case
   * @param exclusivePromotionStart tokens edited later have a service of their own if their {@code
   *     service-mapping} is {@code default}
   */
  public record Settings(
      String serviceIdPrefix,
      Set<String> hostnames,
      Set<String> unsupportedHeaders,
      Instant exclusivePromotionStart) {
    public Settings {
      hostnames = Set.copyOf(hostnames);
      unsupportedHeaders = Set.copyOf(unsupportedHeaders);
    }
  }

  public Resolution(
      DescriptionDefaults defaults, DescriptionRules rules, Settings settings, JsonText json) {
    this.defaults = defaults;
    this.rules = rules;
    this.settings = settings;
    this.json = json;
  }

  /** Both steps at once. */
  public Resolved resolve(
      Map<String, String> headers,
      String host,
      String caller,
      TokenTable tokens,
      Function<ServiceId, @Nullable ServiceDescription> services) {
    var discovery = discover(headers, host, tokens, services);
    return discovery instanceof Sources sources ? resolve(sources, caller) : (Refused) discovery;
  }

  /** Whether {@link #discover} looks at the header of this (lower-case) name, but to refuse it. */
  public static boolean dependsOn(String header) {
    return ServiceHeaders.resolves(header);
  }

  /** Whether one of the headers makes {@link #discover} refuse the request. */
  public boolean hasUnsupported(Map<String, String> headers) {
    for (var header : settings.unsupportedHeaders()) {
      if (headers.containsKey(header)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Finds the tokens that a request names.
   *
   * @param headers values by lower-case names
   * @param host the Host header without port, blank when there is none
   * @param services the stored core description of a service, or null
   */
  public Discovery discover(
      Map<String, String> headers,
      String host,
      TokenTable tokens,
      Function<ServiceId, @Nullable ServiceDescription> services) {
    if (hasUnsupported(headers)) {
      var named = settings.unsupportedHeaders().stream().filter(headers::containsKey).sorted();
      return Refused.of(
          Refusal.of(400, "Unsupported waiter headers found").with("headers", named.toList()));
    }
    var parsed = ServiceHeaders.parse(headers, json);
    if (parsed.parameters().containsKey("authentication")) {
      return error("An authentication parameter is not supported for on-the-fly headers");
    }
    var found = parsed.token() == null ? byHost(parsed, host, tokens) : null;
    if (found == null) {
      var unknown = new ArrayList<String>();
      var documents = new ArrayList<TokenDocument>();
      for (var name : parsed.tokens()) {
        var document = named(name, tokens, services);
        if (document == null) {
          unknown.add(name);
        } else {
          documents.add(document);
        }
      }
      if (!unknown.isEmpty()) {
        return new Refused(
            Refusal.of(404, "Token not found: " + String.join(", ", unknown)), unknown);
      }
      boolean byServiceId =
          !documents.isEmpty()
              && documents.stream().allMatch(d -> d.name().startsWith(References.SERVICE_ID_TOKEN));
      found = new Sources(parsed, documents, byServiceId, List.of(), defaults);
    }
    boolean open =
        found.tokens().stream().anyMatch(t -> "disabled".equals(t.data().get("authentication")));
    if (open && !found.byServiceId() && parsed.describing()) {
      return error("An authentication disabled token may not be combined with on-the-fly headers");
    }
    return found;
  }

  /**
   * The service that the sources mean for this caller.
   *
   * @param caller the authenticated user; null only if the sources need no authentication
   */
  public Resolved resolve(Sources sources, @Nullable String caller) {
    var headers = sources.headers();
    var core = new TreeMap<String, Object>(sources.template());
    core.putAll(headers.parameters());
    if (core.isEmpty()) {
      return new Refused(
          Refusal.of(400, "Unable to identify service using waiter headers/token")
              .errorClass("waiter.ServiceUnknown"),
          sources.unknownTokens());
    }
    var asker = caller == null ? String.valueOf(core.get("run-as-user")) : caller;
    if (!headers.parameters().isEmpty() && !headers.parameters().containsKey("run-as-user")) {
      core.put("run-as-user", asker);
      core.put("permitted-user", headers.parameters().getOrDefault("permitted-user", asker));
    }
    var refused = withParams(core, headers);
    if (refused != null) {
      return refused;
    }
    markExclusive(core, sources);
    var requester = DescriptionRules.requesterWithNamespace(core);
    if (requester.isPresent()) {
      return Refused.of(requester.get());
    }
    boolean asRequester = fillInUser(core, asker);
    normalise(core);
    if (isZero(headers.parameters().get("idle-timeout-mins"))) {
      return Refused.of(
          DescriptionRules.misconfigured(
              "idle-timeout-mins must not be zero when it is given as a header"));
    }
    var descriptor = describe(core, sources);
    return descriptor instanceof Descriptor d && asRequester && !sources.onTheFly()
        ? new ConsentRequired(d)
        : descriptor;
  }

  /**
   * The id of the service that the token alone means; null when it depends on who asks or on
   * parameters, or when the token is incomplete.
   */
  public @Nullable ServiceId serviceIdOf(TokenDocument token) {
    if (TokenTraits.runAsRequester(token, defaults) || TokenTraits.requiresParameters(token)) {
      return null;
    }
    var headers = new ServiceHeaders(token.name(), Map.of(), Map.of());
    var sources = new Sources(headers, List.of(token), false, List.of(), defaults);
    var user = String.valueOf(sources.template().get("run-as-user"));
    return resolve(sources, user) instanceof Descriptor d ? d.id() : null;
  }

  private Sources byHost(ServiceHeaders parsed, String host, TokenTable tokens) {
    if (host.isBlank() || settings.hostnames().contains(host.toLowerCase(Locale.ROOT))) {
      return new Sources(parsed, List.of(), false, List.of(), defaults);
    }
    var exact = living(tokens.token(host));
    var document = exact != null ? exact : living(tokens.tokenIgnoringCase(host));
    return document == null
        ? new Sources(parsed, List.of(), false, List.of(host), defaults)
        : new Sources(parsed, List.of(document), false, List.of(), defaults);
  }

  private static @Nullable TokenDocument named(
      String name, TokenTable tokens, Function<ServiceId, @Nullable ServiceDescription> services) {
    if (!name.startsWith(References.SERVICE_ID_TOKEN)) {
      return living(tokens.token(name));
    }
    var id = name.substring(References.SERVICE_ID_TOKEN.length());
    var core = id.isBlank() ? null : services.apply(new ServiceId(id));
    return core == null ? null : new TokenDocument(name, core.parameters());
  }

  private static @Nullable TokenDocument living(@Nullable TokenDocument token) {
    return token == null || token.deleted() ? null : token;
  }

  /** Puts the params into the environment; returns what is wrong with them, or null. */
  private static @Nullable Refused withParams(Map<String, Object> core, ServiceHeaders headers) {
    if (headers.params().isEmpty()) {
      return null;
    }
    var allowed =
        core.get("allowed-params") instanceof List<?> names
            ? new HashSet<Object>(names)
            : Set.<Object>of();
    var forbidden = headers.params().keySet().stream().filter(p -> !allowed.contains(p)).toList();
    if (!forbidden.isEmpty()) {
      return Refused.of(
          DescriptionRules.misconfigured("Some params cannot be configured")
              .with("allowed-params", allowed.stream().map(String::valueOf).sorted().toList())
              .with("params", forbidden));
    }
    DescriptionDefaults.mergeInto(core, Map.of("env", headers.params()));
    return null;
  }

  private void markExclusive(Map<String, Object> core, Sources sources) {
    if (sources.tokens().isEmpty() || sources.byServiceId() || !exclusive(sources)) {
      return;
    }
    var names = sources.tokenNames().stream().collect(Collectors.joining(","));
    DescriptionDefaults.mergeInto(core, Map.of("env", Map.of(WAITER_CONFIG_TOKEN, names)));
  }

  private boolean exclusive(Sources sources) {
    var mapping = sources.tokenSettings().get("service-mapping");
    if ("default".equals(mapping)) {
      long start = settings.exclusivePromotionStart().toEpochMilli();
      return sources.tokens().stream().anyMatch(token -> token.lastUpdateTime() > start);
    }
    return "exclusive".equals(mapping);
  }

  /** Fills in the caller; true when the service runs as whoever asks. */
  private boolean fillInUser(Map<String, Object> core, String caller) {
    if ("*".equals(core.get("namespace"))) {
      core.put("namespace", caller);
    }
    var user = core.getOrDefault("run-as-user", defaults.parameters().get("run-as-user"));
    if (user != null && !user.equals("*")) {
      return false;
    }
    core.put("run-as-user", caller);
    core.put("permitted-user", caller);
    return true;
  }

  /** One form for one meaning, so that equal descriptions have equal ids. */
  private static void normalise(Map<String, Object> core) {
    if (core.get("allowed-params") instanceof List<?> names) {
      var sorted =
          names.stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
      core.put("allowed-params", List.copyOf(sorted));
    }
    if (core.get("metadata") instanceof Map<?, ?> metadata) {
      var lower = new TreeMap<String, Object>();
      metadata.forEach(
          (key, value) -> lower.put(String.valueOf(key).toLowerCase(Locale.ROOT), value));
      core.put("metadata", lower);
    }
  }

  private Resolved describe(Map<String, Object> parameters, Sources sources) {
    var core = new ServiceDescription(parameters);
    var effective = defaults.effective(core.parameters());
    var problem = rules.checkEffective(effective);
    if (problem.isPresent()) {
      return new Refused(problem.get(), sources.unknownTokens());
    }
    var versions =
        sources.byServiceId()
            ? List.<SourceToken>of()
            : sources.tokens().stream()
                .map(t -> new SourceToken(t.name(), TokenHash.of(t.data())))
                .toList();
    return new Descriptor(
        ServiceIdentity.idOf(core, settings.serviceIdPrefix()),
        core,
        effective,
        versions,
        sources.tokenSettings(),
        sources.onTheFly(),
        sources.byServiceId(),
        sources.tokenOwner(),
        sources.authenticationDisabled(),
        sources.preAuthorised());
  }

  private static Refused error(String message) {
    return Refused.of(Refusal.of(400, message).with("error", message));
  }

  private static boolean isZero(@Nullable Object value) {
    return value instanceof Number number && number.doubleValue() == 0;
  }
}
