package io.maitred.service.model;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All tokens as one node knows them at one moment: an immutable snapshot, soft-deleted tokens
 * included. The same document object is returned until the token changes.
 */
public interface TokenTable {

  /** The token of exactly this name, soft-deleted or not; null when there is none. */
  @Nullable TokenDocument token(String name);

  /** Every token, in no particular order. */
  Collection<TokenDocument> all();
}
