package io.maitred.service.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.maitred.common.CborSerializable;
import io.maitred.common.Refusal;

/** What becomes of a {@link TokenChange}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = TokenDecision.Stored.class, name = "stored"),
  @JsonSubTypes.Type(value = TokenDecision.Unchanged.class, name = "unchanged"),
  @JsonSubTypes.Type(value = TokenDecision.Removed.class, name = "removed"),
  @JsonSubTypes.Type(value = TokenDecision.Refused.class, name = "refused")
})
public sealed interface TokenDecision extends CborSerializable {

  /**
   * The document is to be stored; a soft delete is one too.
   *
   * @param created the token did not exist, or was soft-deleted
   */
  record Stored(TokenDocument document, boolean created) implements TokenDecision {}

  /** Nothing to store: the same data again. */
  record Unchanged(TokenDocument document) implements TokenDecision {}

  /** Hard delete: nothing of the token remains. */
  record Removed(String token) implements TokenDecision {}

  /** The change is answered with an error. */
  record Refused(Refusal refusal) implements TokenDecision {}
}
