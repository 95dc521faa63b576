package io.maitred.service.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything still leads to a service (contract waiter 5.6). A reference is the list of
 * source tokens of one way to it; the empty one means headers alone and is never stale.
 */
public final class References {
  /** A token name that stands for a service's stored description. */
  public static final String SERVICE_ID_TOKEN = "^SERVICE-ID#";

  private References() {}

  /**
   * A service is stale when it has references and every one is stale: all of its tokens have
   * changed.
   *
   * @param tokens the tokens as they are now; null for one that is gone
   */
  public static boolean stale(
      Set<List<SourceToken>> references, Function<String, @Nullable TokenDocument> tokens) {
    return !references.isEmpty()
        && references.stream().allMatch(sources -> isStale(sources, tokens));
  }

  /**
   * When the service became stale: the last moment at which one of its references did.
   *
   * @return epoch ms; empty when nothing is known of the tokens any more
   */
  public static OptionalLong staleTime(
      Set<List<SourceToken>> references, Function<String, @Nullable TokenDocument> tokens) {
    return references.stream()
        .flatMap(Collection::stream)
        .filter(References::named)
        .map(source -> replacedAt(source.version(), tokens.apply(source.token())))
        .flatMapToLong(OptionalLong::stream)
        .max();
  }

  /** The names of the references whose versions are all current: {@code current-for-tokens}. */
  public static List<String> currentFor(
      Set<List<SourceToken>> references, Function<String, @Nullable TokenDocument> tokens) {
    return references.stream()
        .filter(sources -> !sources.isEmpty())
        .filter(sources -> sources.stream().allMatch(source -> isCurrent(source, tokens)))
        .flatMap(Collection::stream)
        .map(SourceToken::token)
        .distinct()
        .sorted()
        .toList();
  }

  private static boolean isStale(
      List<SourceToken> sources, Function<String, @Nullable TokenDocument> tokens) {
    var named = sources.stream().filter(References::named).toList();
    return !named.isEmpty() && named.stream().noneMatch(source -> isCurrent(source, tokens));
  }

  private static boolean isCurrent(
      SourceToken source, Function<String, @Nullable TokenDocument> tokens) {
    return TokenHash.versionOf(tokens.apply(source.token())).equals(source.version());
  }

  private static boolean named(SourceToken source) {
    return !source.token().startsWith(SERVICE_ID_TOKEN);
  }

  /**
   * The time of the edit that came after this version; of the oldest known edit if it is unknown.
   */
  private static OptionalLong replacedAt(String version, @Nullable TokenDocument token) {
    if (token == null) {
      return OptionalLong.empty();
    }
    var edit = token;
    while (!edit.previous().isEmpty()) {
      Map<String, Object> before = edit.previous();
      if (TokenHash.of(before).equals(version)) {
        break;
      }
      edit = new TokenDocument(token.name(), before);
    }
    return OptionalLong.of(edit.lastUpdateTime());
  }
}
