package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import java.util.concurrent.CompletionStage;

/** Finds out who sends a request. */
public interface Authenticator {

  /**
   * The caller. Fails with {@link io.maitred.common.RefusedException} when the request carries no,
   * or wrong, credentials; the refusal says how to do better ({@code www-authenticate}).
   */
  CompletionStage<Caller> authenticate(RequestContext context, HttpRequest request);
}
