package io.maitred.service.model;

import java.util.List;

/** What a token's parameters say about its use, as {@code /tokens} asks for it (contract 3.19). */
public final class TokenTraits {
  private TokenTraits() {}

  /** Whether the service runs as whoever asks: no user, or {@code *}. */
  public static boolean runAsRequester(TokenDocument token, DescriptionDefaults defaults) {
    if (FixedServices.isFixed(token.data()) && !token.data().containsKey("run-as-user")) {
      return false; // its owner
    }
    var user =
        token
            .data()
            .getOrDefault("run-as-user", defaults.parameters().getOrDefault("run-as-user", "*"));
    return "*".equals(user);
  }

  /** Whether a request has to give a param: one is allowed that the environment does not set. */
  public static boolean requiresParameters(TokenDocument token) {
    var env = new ServiceDescription(token.data()).map("env");
    return token.data().get("allowed-params") instanceof List<?> names
        && names.stream().anyMatch(name -> !env.containsKey(String.valueOf(name)));
  }

  /** Whether requests to the token are refused with its maintenance message. */
  public static boolean inMaintenance(TokenDocument token) {
    return token.data().get(TokenKeys.MAINTENANCE) != null;
  }
}
