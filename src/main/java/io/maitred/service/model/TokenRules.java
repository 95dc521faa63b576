package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a change of a token (contract waiter 4.2 to 4.6). Checks come in the order of the
 * contract, since clients see the first that fails.
 */
public final class TokenRules implements TokenDecider {
  private final DescriptionRules descriptions;
  private final Entitlements entitlements;
  private final Settings settings;
  private final ToLongBiFunction<String, String> otherTokens;

  /**
   * @param hostnames the hosts of the API itself, which no token may be called; lower case
   * @param clusterName the {@code root} of new tokens
   * @param historyLength how many previous versions a token remembers, at least 1
   * @param limitPerOwner an owner with more other tokens than this gets no further one
   */
  public record Settings(
      Set<String> hostnames, String clusterName, int historyLength, int limitPerOwner) {
    public Settings {
      hostnames = Set.copyOf(hostnames);
      if (historyLength < 1 || limitPerOwner < 0) {
        throw new IllegalArgumentException(
            "historyLength, limitPerOwner: "
                + historyLength
                + ", "
                + limitPerOwner
                + " (expected: >= 1, >= 0)");
      }
    }
  }

  /**
   * @param otherTokens counts the living tokens of an owner (first argument) but one of this name
   *     (second)
   */
  public TokenRules(
      DescriptionRules descriptions,
      Entitlements entitlements,
      Settings settings,
      ToLongBiFunction<String, String> otherTokens) {
    this.descriptions = descriptions;
    this.entitlements = entitlements;
    this.settings = settings;
    this.otherTokens = otherTokens;
  }

  @Override
  public TokenDecision decide(@Nullable TokenDocument existing, TokenChange change) {
    if (change instanceof TokenChange.Edit edit) {
      return decideEdit(existing, edit);
    }
    return decideDelete(existing, (TokenChange.Delete) change);
  }

  private TokenDecision decideEdit(@Nullable TokenDocument existing, TokenChange.Edit edit) {
    return firstOf(
            List.of(
                () -> TokenName.missingOrReserved(edit.token(), settings.hostnames()),
                () -> payload(edit),
                () -> new TokenPermission(entitlements).check(existing, edit),
                () -> TokenHistory.check(edit.body())))
        .<TokenDecision>map(TokenDecision.Refused::new)
        .orElseGet(() -> store(existing, edit));
  }

  private Optional<Refusal> payload(TokenChange.Edit edit) {
    var body = edit.body();
    boolean adminDelete = edit.admin() && Boolean.TRUE.equals(body.get(TokenKeys.DELETED));
    return firstOf(
        List.of(
            () ->
                refuseIf(
                    body.keySet().stream().noneMatch(TokenKeys::editable),
                    "No parameters provided for " + edit.token()),
            () -> TokenName.syntax(edit.token()),
            () -> adminDelete ? Optional.empty() : fields(body),
            () -> unknownKeys(body),
            () -> openAccess(body),
            () ->
                refuseIf(
                    body.containsKey("interstitial-secs") && !complete(body),
                    "Tokens missing required parameters cannot use interstitial support")));
  }

  private Optional<Refusal> fields(Map<String, Object> body) {
    return descriptions
        .checkTemplate(TokenKeys.parameters(body))
        .or(() -> TokenMetadata.check(body));
  }

  private static Optional<Refusal> unknownKeys(Map<String, Object> body) {
    var unknown = body.keySet().stream().filter(key -> !TokenKeys.known(key)).sorted().toList();
    var quoted = unknown.stream().map(key -> "\"" + key + "\"").toList();
    return refuseIf(
        !unknown.isEmpty(), "Unsupported key(s) in token: [" + String.join(" ", quoted) + "]");
  }

  private Optional<Refusal> openAccess(Map<String, Object> body) {
    if (!"disabled".equals(body.get("authentication"))) {
      return Optional.empty();
    }
    var permitted = body.get("permitted-user");
    return refuseIf(
            !"*".equals(permitted),
            "Tokens with authentication disabled must specify permitted-user as *, instead"
                + " provided "
                + permitted)
        .or(
            () ->
                refuseIf(
                    !complete(body),
                    "Tokens with authentication disabled must specify all required parameters"));
  }

  private boolean complete(Map<String, Object> body) {
    return descriptions.complete(TokenKeys.parameters(body));
  }

  private TokenDecision store(@Nullable TokenDocument existing, TokenChange.Edit edit) {
    boolean created = existing == null || existing.deleted();
    var document = TokenHistory.edited(existing, edit, settings);
    if (existing != null && !edit.admin() && unchanged(existing, document)) {
      return new TokenDecision.Unchanged(existing);
    }
    if (stale(edit.ifMatch(), existing)) {
      return new TokenDecision.Refused(staleToken(existing));
    }
    var owner = Objects.requireNonNullElse(document.owner(), edit.caller());
    if (!edit.admin() && otherTokens.applyAsLong(owner, edit.token()) > settings.limitPerOwner()) {
      return refused(
          403,
          "You have reached the limit of number of tokens allowed ("
              + settings.limitPerOwner()
              + ") for owner "
              + owner);
    }
    return new TokenDecision.Stored(document, created);
  }

  private static boolean unchanged(TokenDocument existing, TokenDocument edited) {
    return !existing.deleted()
        && Objects.equals(
            existing.data().get(TokenKeys.CLUSTER), edited.data().get(TokenKeys.CLUSTER))
        && CanonicalTree.equal(
            TokenKeys.editable(existing.data()), TokenKeys.editable(edited.data()));
  }

  private TokenDecision decideDelete(@Nullable TokenDocument existing, TokenChange.Delete delete) {
    if (delete.token().isBlank()) {
      return refused(400, "Must provide the token");
    }
    if (existing == null || (existing.deleted() && !delete.hard())) {
      return refused(404, "Token " + delete.token() + " does not exist");
    }
    if (delete.hard()) {
      if (delete.ifMatch() == null && !existing.deleted()) {
        return refused(400, "Must specify if-match header for token hard deletes");
      }
      var owner = existing.owner();
      if (owner == null || !entitlements.mayAdminister(delete.caller(), owner)) {
        return refused(403, "Cannot hard-delete token");
      }
    } else if (!entitlements.mayManageToken(delete.caller(), existing)) {
      return refused(403, "User not allowed to delete token");
    }
    if (stale(delete.ifMatch(), existing)) {
      return new TokenDecision.Refused(staleToken(existing));
    }
    return delete.hard()
        ? new TokenDecision.Removed(delete.token())
        : new TokenDecision.Stored(
            TokenHistory.softDeleted(existing, delete, settings.historyLength()), false);
  }

  private static boolean stale(@Nullable String ifMatch, @Nullable TokenDocument existing) {
    return ifMatch != null && !ifMatch.equals(TokenHash.versionOf(existing));
  }

  private static Refusal staleToken(@Nullable TokenDocument existing) {
    return Refusal.of(412, "Cannot modify stale token")
        .with("expected", TokenHash.versionOf(existing));
  }

  private static TokenDecision refused(int status, String message) {
    return new TokenDecision.Refused(Refusal.of(status, message));
  }

  private static Optional<Refusal> refuseIf(boolean wrong, String message) {
    return wrong ? Optional.of(Refusal.of(400, message)) : Optional.empty();
  }

  /** The first refusal; later checks may rely on the earlier ones and are not run in vain. */
  static Optional<Refusal> firstOf(List<Supplier<Optional<Refusal>>> checks) {
    return checks.stream().map(Supplier::get).flatMap(Optional::stream).findFirst();
  }
}
