package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a token may be called (contract waiter 4.2). */
final class TokenName {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9\\-_$.]+");

  private TokenName() {}

  /** A name that nobody gave, or one of the API's own hosts. */
  static Optional<Refusal> missingOrReserved(String name, Set<String> hostnames) {
    if (name.isBlank()) {
      return Optional.of(Refusal.of(400, "Must provide the token"));
    }
    return hostnames.contains(name.toLowerCase(Locale.ROOT))
        ? Optional.of(Refusal.of(403, "Token name is reserved").with("token", name))
        : Optional.empty();
  }

  static Optional<Refusal> syntax(String name) {
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      int codePoint = name.codePointAt(i);
      if (!allowed(codePoint)) {
        var invalid = Character.toString(codePoint);
        return Optional.of(
            Refusal.of(400, "Token contains invalid character: \"" + invalid + "\"")
                .with("pattern", NAME.pattern())
                .with("invalid-char", invalid)
                .with("char-index", i)
                .with("char-codepoint", codePoint));
      }
    }
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(Refusal.of(400, "Token must match pattern").with("pattern", NAME.pattern()));
  }

  private static boolean allowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '$'
        || c == '.';
  }
}
