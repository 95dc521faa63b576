package io.maitred.waitingroom.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionEvaluationTest {
  private static final Map<String, List<String>> LISTS =
      Map.of(
          "office", List.of("192.0.2.7", "10.20.0.0/16", "2001:db8::/32"),
          "teams", List.of("7", "64500"),
          "hosts", List.of("www.example.com"));

  private static final RequestFacts REQUEST =
      TestRequest.get("/shop/list/App.JS?search=red&search=blue&q=a%20b&empty")
          .with("user-agent", "Mozilla/5.0 (X11)")
          .with("referer", "https://news.example.org/")
          .with("cookie", "session=abc; theme=dark")
          .with("cookie", "theme=light")
          .with("x-forwarded-for", "198.51.100.1")
          .with("x-forwarded-for", "198.51.100.2")
          .with("x-team", "blue")
          .with("x-country", "NL")
          .with("x-asn", "64500");

  private static boolean evaluate(String expression, RequestFacts request) {
    var result = Expressions.compile(expression, LISTS).evaluate(request);
    assertNull(result.failure(), expression);
    return result.matches();
  }

  /** The examples of contract 25.6. */
  @Test
  void examples() {
    var byAddress = "ip.src in {10.20.30.40}";
    assertTrue(evaluate(byAddress, TestRequest.get("/")));
    assertFalse(evaluate(byAddress, TestRequest.get("/").from("10.20.30.41")));

    var byPath =
        "starts_with(http.request.uri.path, \"/bypassme\") or ends_with(http.request.uri.path, \".js\")";
    assertTrue(evaluate(byPath, TestRequest.get("/bypassme/now")));
    assertTrue(evaluate(byPath, TestRequest.get("/app.js?x=1")));
    assertFalse(evaluate(byPath, TestRequest.get("/shop?from=.js")));

    var negated = "not (http.host eq \"www.example.com\" and ip.src in {203.0.113.0/24})";
    assertFalse(evaluate(negated, TestRequest.get("/").from("203.0.113.9")));
    assertTrue(evaluate(negated, TestRequest.get("/").from("203.0.114.9")));
    assertTrue(evaluate(negated, TestRequest.get("/").from("203.0.113.9").to("example.com")));

    for (var operator : List.of("eq", "ne", "contains", "matches", "wildcard")) {
      assertFalse(
          evaluate("http.request.headers[\"x-none\"][0] " + operator + " \"a\"", REQUEST),
          operator + " of a missing header");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "http.host eq \"www.example.com\"",
        "http.request.uri eq \"/shop/list/App.JS?search=red&search=blue&q=a%20b&empty\"",
        "http.request.uri.path eq \"/shop/list/App.JS\"",
        "http.request.uri.path.extension eq \"js\"",
        "http.request.uri.query contains \"q=a%20b\"",
        "http.request.full_uri wildcard \"https://www.example.com/shop/*\"",
        "http.request.method in {\"GET\" \"HEAD\"}",
        "http.request.version == \"HTTP/1.1\"",
        "http.user_agent contains \"X11\"",
        "http.referer eq \"https://news.example.org/\"",
        "http.cookie eq \"session=abc; theme=dark; theme=light\"",
        "http.x_forwarded_for eq \"198.51.100.1, 198.51.100.2\"",
        "http.request.cookies[\"session\"][0] eq \"abc\"",
        "http.request.cookies[\"theme\"][1] eq \"light\"",
        "http.request.headers[\"x-team\"][0] eq \"blue\"",
        "http.request.uri.args[\"search\"][1] eq \"blue\"",
        "http.request.uri.args[\"empty\"][0] eq \"\"",
        "ssl",
        "ssl eq true",
        "ip.src eq 10.20.30.40",
        "ip.src.country eq \"NL\"",
        "ip.geoip.country in {\"BE\" \"NL\"}",
        "ip.src.asnum eq 64500",
        "ip.geoip.asnum gt 64499",
        "true",
        // operators, each in its other form too
        "ip.src.asnum ne 1 and ip.src.asnum != 1",
        "ip.src.asnum lt 64501 && ip.src.asnum < 64501",
        "ip.src.asnum le 64500 && ip.src.asnum <= 64500",
        "ip.src.asnum ge 64500 && ip.src.asnum >= 64500 and ip.src.asnum > -5",
        "http.host lt \"x\" and http.host ge \"www.\"",
        "http.host matches \"^www[.]\"",
        "http.host ~ r\"e\\.com$\"",
        "http.host matches \"^(www|shop)\\.example\\.com$\"",
        "http.host matches \"^www\\\\.example\"",
        "http.host matches \"xampl\"",
        "http.host matches \"(?i)EXAMPLE\"",
        "http.host wildcard \"WWW.*.Com\"",
        "http.host strict wildcard \"www.*\"",
        "not http.host strict wildcard \"WWW.*\"",
        "not http.host wildcard \"www\"",
        "http.request.uri.path wildcard r\"*/List/*\"",
        "not http.request.uri.path wildcard r\"/shop/\\*\"",
        "ip.src.asnum in {1 5..9 64000..65000}",
        "not ip.src.asnum in {1 5..9}",
        "ip.src in {192.0.2.1 10.20.0.0/16}",
        "ip.src in {10.20.30.39..10.20.30.41}",
        "ip.src in {::ffff:10.20.30.0/120}",
        "not ip.src in {2001:db8::/32 ::1 10.20.30.41/32}",
        "ip.src in $office",
        "ip.src.asnum in $teams",
        "http.host in $hosts",
        "not http.request.method in $hosts",
        // functions
        "lower(http.request.uri.path) eq \"/shop/list/app.js\"",
        "upper(http.request.method) eq \"GET\"",
        "len(http.host) eq 15",
        "len(http.request.headers[\"x-none\"]) eq 0",
        "len(http.request.cookies[\"theme\"]) eq 2",
        "concat(http.host, \":\", 443, http.request.uri.path) eq \"www.example.com:443/shop/list/App.JS\"",
        "url_decode(http.request.uri.args[\"q\"][0]) eq \"a b\"",
        "starts_with(url_decode(\"%2fshop+x\"), \"/shop x\")",
        "url_decode(\"%2541\", \"r\") eq \"A\"",
        "url_decode(\"%u0041%zz%\", \"u\") eq \"A%zz%\"",
        "url_decode(\"%u0041\") eq \"%u0041\"",
        "any(http.request.uri.args[\"search\"][*] eq \"blue\")",
        "not all(http.request.uri.args[\"search\"][*] eq \"blue\")",
        "all(http.request.uri.args[\"search\"][*] in {\"red\" \"blue\"})",
        "not all(http.request.headers[\"x-none\"][*] eq \"a\")",
        "not any(http.request.headers[\"x-none\"][*] ne \"a\")",
        "any(lower(http.request.headers.values[*])[*] contains \"mozilla\")",
        "any(starts_with(http.request.headers.names[*], \"x-te\"))",
        "any(http.request.uri.args.names[*] eq \"q\")",
        "any(http.request.uri.args.values[*] eq \"a%20b\")",
        "any(len(http.request.uri.args.names[*])[*] gt 5)",
        "all(ends_with(http.request.cookies[\"theme\"][*], \"t\")) or ssl",
        // strings
        "concat(\"a\\\"b\\\\\") eq r#\"a\"b\\\"#",
        "concat(\"tübingen\") eq \"tübingen\" and len(\"ü\") eq 2",
        "\t(\n ssl\r\n )  ",
      })
  void holds(String expression) {
    assertTrue(evaluate(expression, REQUEST));
    assertFalse(evaluate("not (" + expression + ")", REQUEST));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          true or true and false                | true
          (true or true) and false              | false
          not false and false                   | false
          not (false and false)                 | true
          not true or true                      | true
          true xor true and false               | true
          (true xor true) and false             | false
          true or true xor true                 | true
          (true or true) xor true               | false
          true xor true or true                 | true
          true ^^ true ^^ true                  | true
          ! ! true && ! false && ! false        | true
          not not not true                      | false
          'true || false'                       | true
          not ssl and not ssl or true           | true
          """)
  void precedence(String expression, boolean expected) {
    assertEquals(expected, evaluate(expression, REQUEST));
  }

  @Test
  void evaluate_factsThatFail_isFalseAndTellsWhy() {
    var broken =
        new TestRequest("GET", "a", "/", true, "10.0.0.1", Map.of("x-asn", List.of("none")));
    var expression = Expressions.compile("not ip.src.asnum eq 1", Map.of());
    var result = expression.evaluate(broken);
    assertFalse(result.matches());
    assertNotNull(result.failure());
    assertFalse(expression.matches(broken));
  }

  @Test
  void evaluate_textTooLong_fails() {
    var request = TestRequest.get("/" + "a".repeat(Functions.MAX_TEXT));
    var result = Expressions.compile("len(concat(http.host, http.request.uri)) gt 0", Map.of());
    assertNotNull(result.evaluate(request).failure());
  }

  @Test
  void matches_patternThatMakesBacktrackersSlow_isLinear() {
    var request = TestRequest.get("/" + "a".repeat(30_000) + "!");
    assertFalse(evaluate("http.request.uri.path matches \"(a+)+$\"", request));
    assertFalse(evaluate("http.request.uri.path matches \"^/(a|aa)+$\"", request));
  }
}
