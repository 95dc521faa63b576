package io.maitred.service.model;

import org.jspecify.annotations.Nullable;

/**
 * The rules of token edits, as the token's entity needs them. Called by one entity at a time for
 * one token, but from several threads for several tokens.
 */
@FunctionalInterface
public interface TokenDecider {

  /**
   * @param existing what is stored, a soft-deleted document too; null when there is nothing
   */
  TokenDecision decide(@Nullable TokenDocument existing, TokenChange change);
}
