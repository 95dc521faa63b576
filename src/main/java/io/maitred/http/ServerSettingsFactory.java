package io.maitred.http;

import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.RequestEntityAcceptances;
import akka.http.javadsl.settings.ServerSettings;
import com.typesafe.config.Config;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Akka HTTP's server settings: {@code akka.http.server} with the methods that it does not know by
 * itself and would answer with 501.
 */
public final class ServerSettingsFactory {
  private static final Set<String> SAFE = Set.of("PROPFIND", "REPORT", "SEARCH");
  private static final Set<String> IDEMPOTENT =
      Set.of("PROPPATCH", "MKCOL", "COPY", "MOVE", "UNLOCK", "ACL", "BIND", "UNBIND", "REBIND");
  private static final Set<String> OTHERS =
      Set.of(
          "LOCK",
          "MKCALENDAR",
          "MKWORKSPACE",
          "MKACTIVITY",
          "MKREDIRECTREF",
          "UPDATEREDIRECTREF",
          "ORDERPATCH",
          "BASELINE-CONTROL",
          "VERSION-CONTROL",
          "CHECKIN",
          "CHECKOUT",
          "UNCHECKOUT",
          "LABEL",
          "MERGE",
          "UPDATE",
          "LINK",
          "UNLINK",
          "PURGE",
          "NOTIFY",
          "SUBSCRIBE",
          "UNSUBSCRIBE");

  private ServerSettingsFactory() {}

  /**
   * @param config the whole configuration, with {@code akka.http.server}
   */
  public static ServerSettings create(Config config) {
    var settings = ServerSettings.create(config);
    var methods =
        Stream.of(SAFE, IDEMPOTENT, OTHERS)
            .flatMap(Set::stream)
            .map(ServerSettingsFactory::method)
            .toArray(HttpMethod[]::new);
    return settings.withParserSettings(settings.getParserSettings().withCustomMethods(methods));
  }

  private static HttpMethod method(String name) {
    boolean safe = SAFE.contains(name);
    boolean idempotent = safe || IDEMPOTENT.contains(name);
    return HttpMethods.custom(name, safe, idempotent, RequestEntityAcceptances.Expected, true);
  }
}
