package io.maitred.service.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.maitred.common.CborSerializable;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a caller wants to do to one token. Decided by the token's entity, one change at a time. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = TokenChange.Edit.class, name = "edit"),
  @JsonSubTypes.Type(value = TokenChange.Delete.class, name = "delete")
})
public sealed interface TokenChange extends CborSerializable {
  String token();

  /**
   * Create or replace (contract waiter 4.3).
   *
   * @param body the payload without {@code token}
   * @param ifMatch the raw header value, possibly empty; null when the header is absent
   * @param admin {@code update-mode=admin}
   * @param cluster the cluster name that belongs to the request's host
   */
  record Edit(
      String token,
      Map<String, Object> body,
      @Nullable String ifMatch,
      boolean admin,
      String caller,
      String cluster,
      Instant now)
      implements TokenChange {}

  /**
   * Soft or hard delete (contract waiter 4.6).
   *
   * @param ifMatch the raw header value, possibly empty; null when the header is absent
   */
  record Delete(String token, @Nullable String ifMatch, boolean hard, String caller, Instant now)
      implements TokenChange {}
}
