package io.maitred.waitingroom.expression;

import io.maitred.waitingroom.expression.Operand.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of the language. */
final class Fields {
  private static final Operand COUNTRY = Operand.one(Kind.TEXT, RequestFacts::country);
  private static final Operand AUTONOMOUS_SYSTEM =
      Operand.one(Kind.INTEGER, RequestFacts::autonomousSystem);

  private static final Map<String, Operand> ALL =
      Map.ofEntries(
          Map.entry("http.host", Operand.one(Kind.TEXT, RequestFacts::host)),
          Map.entry("http.request.uri", Operand.one(Kind.TEXT, RequestFacts::uri)),
          Map.entry("http.request.uri.path", Operand.one(Kind.TEXT, RequestFacts::path)),
          Map.entry(
              "http.request.uri.path.extension",
              Operand.one(Kind.TEXT, facts -> UriParts.extension(facts.path()))),
          Map.entry("http.request.uri.query", Operand.one(Kind.TEXT, RequestFacts::query)),
          Map.entry("http.request.uri.args", Operand.map(facts -> in(facts.arguments()))),
          Map.entry(
              "http.request.uri.args.names",
              Operand.list(Kind.TEXT, facts -> List.copyOf(facts.arguments().keySet()))),
          Map.entry(
              "http.request.uri.args.values",
              Operand.list(
                  Kind.TEXT,
                  facts -> facts.arguments().values().stream().flatMap(List::stream).toList())),
          Map.entry("http.request.full_uri", Operand.one(Kind.TEXT, Fields::fullUri)),
          Map.entry("http.request.method", Operand.one(Kind.TEXT, RequestFacts::method)),
          Map.entry("http.request.version", Operand.one(Kind.TEXT, RequestFacts::version)),
          Map.entry("http.user_agent", header("user-agent", ", ")),
          Map.entry("http.referer", header("referer", ", ")),
          Map.entry("http.cookie", header("cookie", "; ")),
          Map.entry("http.x_forwarded_for", header("x-forwarded-for", ", ")),
          Map.entry("http.request.cookies", Operand.map(facts -> in(facts.cookies()))),
          Map.entry("http.request.headers", Operand.map(facts -> facts::headers)),
          Map.entry(
              "http.request.headers.names", Operand.list(Kind.TEXT, RequestFacts::headerNames)),
          Map.entry(
              "http.request.headers.values",
              Operand.list(
                  Kind.TEXT,
                  facts ->
                      facts.headerNames().stream()
                          .distinct()
                          .flatMap(name -> facts.headers(name).stream())
                          .toList())),
          Map.entry("ssl", Operand.one(Kind.BOOLEAN, RequestFacts::isSecure)),
          Map.entry("ip.src", Operand.one(Kind.ADDRESS, RequestFacts::remoteAddress)),
          Map.entry("ip.src.country", COUNTRY),
          Map.entry("ip.geoip.country", COUNTRY),
          Map.entry("ip.src.asnum", AUTONOMOUS_SYSTEM),
          Map.entry("ip.geoip.asnum", AUTONOMOUS_SYSTEM));

  /** Beginnings of names that the rules language has elsewhere, but not here. */
  private static final List<String> REFUSED =
      List.of("cf.threat_score", "cf.bot_management.", "http.response.");

  private Fields() {}

  /** The field of that name; null if there is none. */
  static @Nullable Operand find(String name) {
    return ALL.get(name);
  }

  /** Whether a name means something that bypass rules may not use. */
  static boolean isRefused(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return REFUSED.stream().anyMatch(lower::startsWith);
  }

  private static Operand header(String name, String separator) {
    return Operand.one(Kind.TEXT, facts -> String.join(separator, facts.headers(name)));
  }

  private static Operand.Lookup in(Map<String, List<String>> map) {
    return name -> map.getOrDefault(name, List.of());
  }

  private static String fullUri(RequestFacts facts) {
    return (facts.isSecure() ? "https://" : "http://") + facts.host() + facts.uri();
  }
}
