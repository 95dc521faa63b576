package io.maitred.service.model;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All tokens as one node knows them, soft-deleted ones included. The same document object is
 * returned until the token changes.
 */
public interface TokenTable {

  /** The token of exactly this name, soft-deleted or not; null when there is none. */
  @Nullable TokenDocument token(String name);

  /**
   * The only living token whose name equals this one ignoring case; null when there is none or more
   * than one. Host headers come lower-cased. Asked on the way of requests: implementations that
   * hold many tokens keep an index.
   */
  default @Nullable TokenDocument tokenIgnoringCase(String name) {
    TokenDocument only = null;
    for (var token : all()) {
      if (!token.deleted() && token.name().equalsIgnoreCase(name)) {
        if (only != null) {
          return null;
        }
        only = token;
      }
    }
    return only;
  }

  /** Every token, in no particular order. */
  Collection<TokenDocument> all();
}
