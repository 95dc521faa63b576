package io.maitred.service.model;

import io.maitred.common.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may create and edit a token, and what of it (contract waiter 4.3, step 9). */
record TokenPermission(Entitlements entitlements) {
  private static final List<String> KEPT_BY_EDITORS = List.of("editor", "owner", "run-as-user");

  /**
   * @param existing the stored token, soft-deleted or not; null when there is none
   */
  Optional<Refusal> check(@Nullable TokenDocument existing, TokenChange.Edit edit) {
    var living = existing == null || existing.deleted() ? null : existing;
    var owner = TokenHistory.ownerOf(existing, edit);
    return edit.admin() ? administer(living, edit, owner) : ordinary(living, edit, owner);
  }

  private Optional<Refusal> administer(
      @Nullable TokenDocument living, TokenChange.Edit edit, String owner) {
    if (living != null && edit.ifMatch() == null) {
      return refuse(400, "Must specify if-match header for admin mode token updates");
    }
    var caller = edit.caller();
    var before = living == null ? owner : Objects.requireNonNullElse(living.owner(), owner);
    if (!entitlements.mayAdminister(caller, before) || !entitlements.mayAdminister(caller, owner)) {
      return refuse(403, "Cannot administer token");
    }
    // Who may administer only what is his own must not become somebody else that way.
    var user = concreteUser(edit.body());
    return user != null
            && !entitlements.mayRunAs(caller, user)
            && !entitlements.mayAdminister(caller, user)
        ? cannotRun(caller, user)
        : Optional.empty();
  }

  private Optional<Refusal> ordinary(
      @Nullable TokenDocument living, TokenChange.Edit edit, String owner) {
    boolean asEditor = living != null && isEditor(living, edit.caller());
    var user = concreteUser(edit.body());
    return (asEditor && living != null ? keptByEditor(living, edit, owner) : runAs(edit, user))
        .or(() -> living == null ? create(edit, owner) : update(living, edit, asEditor))
        .or(() -> protectedKeys(edit.body()))
        .or(() -> owns(owner, user));
  }

  private boolean isEditor(TokenDocument living, String caller) {
    return !entitlements.mayManageToken(caller, living)
        && living.data().get(TokenKeys.EDITOR) instanceof String editor
        && entitlements.mayRunAs(caller, editor);
  }

  private static Optional<Refusal> keptByEditor(
      TokenDocument living, TokenChange.Edit edit, String owner) {
    for (var key : KEPT_BY_EDITORS) {
      var after = key.equals(TokenKeys.OWNER) ? owner : edit.body().get(key);
      if (!Objects.equals(living.data().get(key), after)) {
        return refuse(403, "Not allowed to edit parameter " + key);
      }
    }
    return Optional.empty();
  }

  private Optional<Refusal> runAs(TokenChange.Edit edit, @Nullable String user) {
    return user != null && !entitlements.mayRunAs(edit.caller(), user)
        ? cannotRun(edit.caller(), user)
        : Optional.empty();
  }

  private Optional<Refusal> create(TokenChange.Edit edit, String owner) {
    return entitlements.mayRunAs(edit.caller(), owner)
        ? Optional.empty()
        : refuse(403, "Cannot create token as provided owner: " + owner);
  }

  private Optional<Refusal> update(TokenDocument living, TokenChange.Edit edit, boolean asEditor) {
    var actingFor = asEditor ? living.owner() : edit.caller();
    if (actingFor != null && entitlements.mayManageToken(actingFor, living)) {
      return Optional.empty();
    }
    var editor = living.data().get(TokenKeys.EDITOR);
    var who = (editor == null ? "" : "editor=" + editor + ", ") + "owner=" + living.owner();
    return refuse(403, "Cannot update token (" + who + ") as user: " + edit.caller());
  }

  private static Optional<Refusal> protectedKeys(Map<String, Object> body) {
    return TokenKeys.PROTECTED.stream()
        .filter(body::containsKey)
        .findFirst()
        .flatMap(key -> refuse(400, "Cannot modify " + key + " token metadata"));
  }

  private Optional<Refusal> owns(String owner, @Nullable String user) {
    return user == null || entitlements.mayOwn(owner, user)
        ? Optional.empty()
        : refuse(403, "Owner '" + owner + "' cannot run as user '" + user + "'");
  }

  private static Optional<Refusal> cannotRun(String caller, String user) {
    return refuse(403, "Authenticated user '" + caller + "' cannot run as user '" + user + "'");
  }

  private static @Nullable String concreteUser(Map<String, Object> body) {
    return body.get("run-as-user") instanceof String user && !user.equals("*") ? user : null;
  }

  private static Optional<Refusal> refuse(int status, String message) {
    return Optional.of(Refusal.of(status, message));
  }
}
