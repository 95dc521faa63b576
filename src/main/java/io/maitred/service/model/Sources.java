package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and headers that describe the service of a request, found before it is known who asks.
 * Enough for maintenance mode, the redirect to https, and whether the caller has to be known at
 * all.
 */
public final class Sources implements Discovery {
  private final ServiceHeaders headers;
  private final List<TokenDocument> tokens;
  private final boolean onTheFly;
  private final boolean byServiceId;
  private final Map<String, Object> template;
  private final Map<String, Object> tokenSettings;
  private final boolean preAuthorised;
  private final boolean authenticationDisabled;
  private final List<String> unknownTokens;

  Sources(
      ServiceHeaders headers,
      List<TokenDocument> tokens,
      boolean byServiceId,
      List<String> unknownTokens,
      DescriptionDefaults defaults) {
    this.headers = headers;
    this.tokens = List.copyOf(tokens);
    this.onTheFly = headers.describing() || headers.token() != null;
    this.byServiceId = byServiceId;
    this.unknownTokens = List.copyOf(unknownTokens);
    var merged = new TreeMap<String, Object>();
    tokens.forEach(token -> DescriptionDefaults.mergeInto(merged, token.data()));
    this.template = Collections.unmodifiableMap(template(merged, ownerOf(this.tokens)));
    this.tokenSettings = defaults.settingsOf(merged);
    var effective = defaults.effective(template);
    boolean oneToken = tokens.size() == 1 && !byServiceId && !headers.describing();
    this.preAuthorised = oneToken && isPreAuthorised(effective);
    this.authenticationDisabled = oneToken && needsNoAuthentication(effective);
  }

  /** Nobody knows as whom the servers of a fixed service run; it is its owner's. */
  private static Map<String, Object> template(Map<String, Object> merged, @Nullable String owner) {
    var parameters = TokenKeys.parameters(merged);
    if (FixedServices.isFixed(parameters) && owner != null) {
      parameters.putIfAbsent("run-as-user", owner);
    }
    return parameters;
  }

  /** The names of the tokens, in the order of the merge. */
  public List<String> tokenNames() {
    return tokens.stream().map(TokenDocument::name).toList();
  }

  /** Owner of the tokens; null without tokens. The last one counts, as in the merge. */
  public @Nullable String tokenOwner() {
    return ownerOf(tokens);
  }

  private static @Nullable String ownerOf(List<TokenDocument> tokens) {
    return tokens.isEmpty() ? null : tokens.get(tokens.size() - 1).owner();
  }

  /** User metadata of the tokens over the token defaults. */
  public Map<String, Object> tokenSettings() {
    return tokenSettings;
  }

  /** Whether a request by http is to be sent to https (contract waiter 2.6). */
  public boolean httpsRedirect() {
    return Boolean.TRUE.equals(tokenSettings.get("https-redirect"));
  }

  /** Whether the caller need not be authenticated (contract waiter 6.2). */
  public boolean authenticationDisabled() {
    return authenticationDisabled;
  }

  /** The refusal of contract waiter 4.9 when one of the tokens is in maintenance mode. */
  public Optional<Refusal> maintenance() {
    return tokens.stream().flatMap(token -> maintenance(token).stream()).findFirst();
  }

  /** The refusal of contract waiter 4.9 when the token is in maintenance mode. */
  public static Optional<Refusal> maintenance(TokenDocument token) {
    if (!(token.data().get(TokenKeys.MAINTENANCE) instanceof Map<?, ?> maintenance)) {
      return Optional.empty();
    }
    var owner = token.owner();
    return Optional.of(
        Refusal.of(503, String.valueOf(maintenance.get("message")))
            .errorClass("waiter.Maintenance")
            .with("name", token.data().getOrDefault("name", token.name()))
            .with("token", token.name())
            .with("token-owner", owner == null ? "" : owner));
  }

  ServiceHeaders headers() {
    return headers;
  }

  List<TokenDocument> tokens() {
    return tokens;
  }

  Map<String, Object> template() {
    return template;
  }

  boolean onTheFly() {
    return onTheFly;
  }

  boolean byServiceId() {
    return byServiceId;
  }

  boolean preAuthorised() {
    return preAuthorised;
  }

  List<String> unknownTokens() {
    return unknownTokens;
  }

  private static boolean isPreAuthorised(ServiceDescription effective) {
    var permitted = effective.string("permitted-user");
    return permitted != null && !permitted.isBlank() && concreteUser(effective);
  }

  private static boolean needsNoAuthentication(ServiceDescription effective) {
    return "disabled".equals(effective.get("authentication"))
        && "*".equals(effective.get("permitted-user"))
        && concreteUser(effective)
        && Parameters.requiredPresent(effective.parameters());
  }

  private static boolean concreteUser(ServiceDescription effective) {
    var user = effective.string("run-as-user");
    return user != null && !user.isBlank() && !user.equals("*");
  }
}
