package io.maitred.service.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.maitred.common.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the database, for years: type names instead of class names, fields are only added.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = StoredDocument.Token.class, name = "token"),
  @JsonSubTypes.Type(value = StoredDocument.Service.class, name = "service")
})
public sealed interface StoredDocument {

  /**
   * A token, or what is left of one.
   *
   * @param document null when the token was never there, or was deleted for good: a deleted row
   *     would not reach the other nodes' tables, so a tombstone stays
   * @param recent the last changes, newest last, so that a repeated change is not made twice
   */
  record Token(String name, @Nullable TokenDocument document, List<Applied> recent)
      implements StoredDocument {

    /** How many changes are remembered. */
    public static final int RECENT = 8;

    public Token {
      recent = List.copyOf(recent);
    }

    /** A token of which nothing is known. */
    public static Token unknown(String name) {
      return new Token(name, null, List.of());
    }

    /** After a change that stores a document. */
    public Token stored(String changeId, TokenDecision.Stored decision) {
      return new Token(
          name,
          decision.document(),
          with(new Applied(changeId, decision.created() ? Effect.CREATED : Effect.UPDATED)));
    }

    /** After a change that removes the document. */
    public Token removed(String changeId) {
      return new Token(name, null, with(new Applied(changeId, Effect.REMOVED)));
    }

    /**
     * The answer to a change that was made already and comes again because its answer was lost. It
     * carries the present document, which may be that of a later change.
     */
    public Optional<TokenDecision> answerAgain(String changeId) {
      return recent.stream()
          .filter(applied -> applied.changeId().equals(changeId))
          .findFirst()
          .map(applied -> answer(applied.effect()));
    }

    private TokenDecision answer(Effect effect) {
      return effect == Effect.REMOVED || document == null
          ? new TokenDecision.Removed(name)
          : new TokenDecision.Stored(document, effect == Effect.CREATED);
    }

    private List<Applied> with(Applied latest) {
      var more = new ArrayList<>(recent);
      more.add(latest);
      return more.subList(Math.max(0, more.size() - RECENT), more.size());
    }
  }

  /** What a change did. */
  enum Effect {
    CREATED,
    UPDATED,
    REMOVED
  }

  /**
   * A change that was made.
   *
   * @param changeId chosen by the caller, unique
   */
  record Applied(String changeId, Effect effect) {}

  /**
   * A service.
   *
   * @param serviceRecord null when the service was never described; not stored then
   */
  record Service(ServiceId id, @Nullable ServiceRecord serviceRecord) implements StoredDocument {

    /** A service of which nothing is known. */
    public static Service unknown(ServiceId id) {
      return new Service(id, null);
    }
  }
}
