package io.maitred.http;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.common.Refusal;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Every caller is the one configured user (contract waiter 11.3). A request can ask to be refused,
 * so that clients can be tested: {@code authorization: SingleUser unauthorized|forbidden}, or the
 * header {@code x-waiter-single-user} with the same words.
 */
public final class OneUser implements Authenticator {
  private static final String SCHEME = "SingleUser ";

  private final CompletionStage<Caller> caller;

  /**
   * @param user who everybody is
   */
  public OneUser(String user) {
    this.caller = CompletableFuture.completedStage(new Caller(user, "single-user"));
  }

  @Override
  public CompletionStage<Caller> authenticate(RequestContext context, HttpRequest request) {
    var wish = wish(context, request);
    if (wish == null) {
      return caller;
    }
    return CompletableFuture.failedStage(refusal(wish).asException());
  }

  private static @Nullable String wish(RequestContext context, HttpRequest request) {
    var credentials = context.authorization();
    if (credentials != null && credentials.startsWith(SCHEME)) {
      return credentials.substring(SCHEME.length()).trim();
    }
    if (!context.hasServiceHeaders()) {
      return null;
    }
    return request
        .getHeader("x-waiter-single-user")
        .map(header -> header.value().trim().toLowerCase(Locale.ROOT))
        .filter(word -> word.equals("unauthorized") || word.equals("forbidden"))
        .orElse(null);
  }

  private static Refusal refusal(String wish) {
    return switch (wish) {
      case "unauthorized" ->
          new Refusal(401, "Unauthorized", Map.of(), Map.of("www-authenticate", "SingleUser"));
      case "forbidden" -> Refusal.of(403, "Forbidden");
      default -> Refusal.of(400, "Invalid SingleUser authorization: " + wish);
    };
  }
}
