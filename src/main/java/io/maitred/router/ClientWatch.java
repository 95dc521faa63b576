package io.maitred.router;

import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpRequest;
import java.util.concurrent.CompletionStage;

/**
 * Tells a request's handler that its client has left. The front end attaches it; a request that is
 * queued for a slot or waits for its backend gives up then.
 */
public final class ClientWatch {
  /** Completes, with null, when the connection has ended before the request was answered. */
  @SuppressWarnings("unchecked")
  public static final AttributeKey<CompletionStage<Void>> GONE =
      (AttributeKey<CompletionStage<Void>>)
          (AttributeKey<?>) AttributeKey.create("client-gone", CompletionStage.class);

  private ClientWatch() {}

  /** Runs the action when the client leaves; never, when nobody watches the connection. */
  public static void whenGone(HttpRequest request, Runnable action) {
    request.getAttribute(GONE).ifPresent(gone -> gone.thenRun(action));
  }
}
