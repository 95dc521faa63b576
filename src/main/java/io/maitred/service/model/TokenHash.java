package io.maitred.service.model;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The version of a token (contract waiter 4.7): {@code E-} and 32 hex digits over all of its data
 * but {@code previous}. The name takes no part; the kind of a number does.
 */
public final class TokenHash {
  private TokenHash() {}

  /** The hash of these data, deleted or not. */
  public static String of(Map<String, Object> data) {
    var hashed = new TreeMap<>(data);
    hashed.remove(TokenKeys.PREVIOUS);
    return "E-" + CanonicalTree.md5(hashed);
  }

  /** What an {@code If-Match} must say: the hash, or the empty string without a living token. */
  public static String versionOf(@Nullable TokenDocument token) {
    return token == null || token.deleted() ? "" : of(token.data());
  }
}
