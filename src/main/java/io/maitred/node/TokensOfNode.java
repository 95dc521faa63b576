package io.maitred.node;

import io.maitred.http.waiter.TokenRoutes;
import io.maitred.service.ServiceStore;
import io.maitred.service.model.TokenChange;
import io.maitred.service.model.TokenDecision;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenTable;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What the routes of tokens need, from this node's store. */
record TokensOfNode(ServiceStore store) implements TokenRoutes.Tokens {
  @Override
  public CompletionStage<TokenDecision> change(TokenChange change) {
    return store.change(change);
  }

  @Override
  public TokenTable table() {
    return store.tables();
  }

  @Override
  public CompletionStage<Optional<TokenDocument>> fetch(String name) {
    return store.fetchToken(name);
  }
}
