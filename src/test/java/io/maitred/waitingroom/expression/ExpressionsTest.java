package io.maitred.waitingroom.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          expression                                        | position | message
          ''                                                | 1  | unexpected end (expected: a field or a function)
          http.host                                         | 1  | a string (expected: a comparison, or what is true or false)
          http.host eq                                      | 13 | unexpected end
          http.host eq 5                                    | 14 | 5 (expected: a string)
          http.host eq www                                  | 14 | unexpected www
          http.host EQ "a"                                  | 11 | unexpected EQ (expected: an operator
          http.host eq "a                                   | 14 | string without end
          http.host eq "a\\n"                               | 16 | backslash before neither
          http.host eq "a" and                              | 21 | unexpected end (expected: a field or a function)
          http.host eq "a" ssl                              | 18 | unexpected ssl
          http.host eq "a" http.host                        | 18 | unexpected http.host
          (ssl                                              | 5  | unexpected end
          ssl)                                              | 4  | unexpected )
          http.hostname eq "a"                              | 1  | unknown field http.hostname
          ssl or cf.threat_score gt 5                       | 8  | field cf.threat_score is not allowed
          cf.bot_management.verified_bot                    | 1  | is not allowed in bypass rules
          http.response.code eq 200                         | 1  | is not allowed in bypass rules
          any(http.response.headers["a"][*] eq "b")         | 5  | is not allowed in bypass rules
          nosuch(http.host)                                 | 1  | unknown function nosuch
          starts_with(http.host)                            | 1  | starts_with with 1 arguments (expected: 2)
          starts_with(http.host, http.host)                 | 24 | a string (expected: a string between quotes)
          starts_with(ip.src, "10")                         | 13 | an address (expected: a string)
          http.host starts_with "a"                         | 11 | unexpected starts_with
          lower(http.host)                                  | 1  | a string (expected: a comparison
          lower(5) eq "5"                                   | 7  | a whole number (expected: a string)
          len(ssl) eq 1                                     | 5  | true or false (expected: a string)
          url_decode(http.host, "x") eq "a"                 | 23 | the options r and u
          concat() eq ""                                    | 1  | concat with 0 arguments (expected: 1 or more)
          concat(ssl) eq ""                                 | 8  | true or false (expected: a string or a whole number)
          any(ssl)                                          | 5  | true or false (expected: a comparison of each element
          any(http.request.headers.names)                   | 5  | a list (expected: a comparison of each element
          http.request.headers.names[*] eq "a"              | 1  | any(...) and all(...) make it one
          http.request.headers["a"] eq "b"                  | 1  | a list cannot be compared
          http.request.headers eq "b"                       | 1  | a map cannot be compared
          http.request.headers[0] eq "b"                    | 21 | a map has no element [0]
          http.request.headers["a"]["b"] eq "b"             | 26 | a list has no element ["b"]
          http.request.headers["a"][-1] eq "b"              | 27 | index: -1 (expected: 0 or more)
          http.host[0] eq "b"                               | 10 | a string has no element [0]
          ip.src eq 10.0.0.0/8                              | 11 | 10.0.0.0/8 is a network
          ip.src eq 10.0.0.256                              | 11 | neither an address nor a network
          ip.src eq "10.0.0.1"                              | 11 | "10.0.0.1" (expected: an address)
          ip.src lt 10.0.0.1                                | 8  | lt does not compare an address
          ip.src contains "10"                              | 8  | contains does not apply to an address
          ip.src in {10.0.0.0/33}                           | 12 | neither an address nor a network
          ip.src in {2001:db8::1::2}                        | 12 | neither an address nor a network
          ip.src in {10.0.0.9..10.0.0.1}                    | 12 | no range of addresses
          ip.src in {10.0.0.9..::1}                         | 12 | no range of addresses
          ip.src in {10.0.0.0/8..11.0.0.0/8}                | 12 | range of networks
          ip.src in {10.0.0.1 "a"}                          | 21 | "a" (expected: an address)
          ip.src in {}                                      | 12 | unexpected }
          ip.src in $nosuch                                 | 11 | unknown list $nosuch
          ip.src in $mixed                                  | 11 | list $mixed has the item x (expected: an address)
          ip.src.asnum in $mixed                            | 17 | list $mixed has the item 10.0.0.1 (expected: a whole number)
          ip.src.asnum eq 99999999999999999999              | 17 | does not fit 64 bits
          ip.src.asnum in {9..1}                            | 18 | 9..1 ends before it begins
          ip.src.asnum in {1..}                             | 21 | unexpected } (expected: a whole number)
          ssl eq 1                                          | 8  | 1 (expected: true or false)
          ssl gt false                                      | 5  | gt does not compare true or false
          ssl in $mixed                                     | 8  | a list has no true or false
          http.host matches "("                             | 19 | invalid pattern
          http.host matches "a{1000}{1000}"                 | 19 | invalid pattern
          http.host matches "(.{900}){1}.{900}.{900}.{900}.{900}.{900}" | 19 | pattern is too large
          http.host strict "a"                              | 18 | unexpected "a" (expected: wildcard)
          http.host eq "ü" & ssl                            | 18 | unexpected &
          ssl # all                                         | 5  | unexpected #
          """)
  void invalid(String expression, int position, String message) {
    var lists = Map.of("mixed", List.of("10.0.0.1", "x"));
    var error = Expressions.check(expression, lists).orElseThrow();
    assertEquals(position, error.position(), error::toString);
    assertTrue(error.message().contains(message), error::toString);
    var thrown =
        assertThrows(
            InvalidExpressionException.class, () -> Expressions.compile(expression, lists));
    assertEquals(error, thrown.error());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"(", "!", "not ", "not (", "!(!", "lower("})
  void check_deeplyNested_isRefusedWithoutOverflow(String opening) {
    var source = opening.repeat(Expressions.MAX_LENGTH / opening.length() - 4) + "ssl";
    var error = Expressions.check(source).orElseThrow();
    assertTrue(error.message().contains("more than 64 levels"), error::toString);
  }

  @Test
  void check_levels_upToTheLimit() {
    assertEquals(Optional.empty(), Expressions.check("(".repeat(64) + "ssl" + ")".repeat(64)));
    assertEquals(
        65, Expressions.check("(".repeat(65) + "ssl" + ")".repeat(65)).orElseThrow().position());
    assertEquals(Optional.empty(), Expressions.check("!".repeat(64) + "ssl"));
    assertEquals(65, Expressions.check("!".repeat(65) + "ssl").orElseThrow().position());
    assertEquals(
        Optional.empty(),
        Expressions.check("!(".repeat(32) + "ssl" + ")".repeat(32) + " and !ssl"));
    assertEquals(Optional.empty(), Expressions.check("(ssl) or ".repeat(400) + "!ssl"));
  }

  @Test
  void check_length_upToTheLimit() {
    var most = "http.host eq \"" + "a".repeat(Expressions.MAX_LENGTH - 15) + "\"";
    assertEquals(Expressions.MAX_LENGTH, most.length());
    assertEquals(Optional.empty(), Expressions.check(most));
    var error = Expressions.check(most + " ").orElseThrow();
    assertEquals(Expressions.MAX_LENGTH + 1, error.position());
  }

  @Test
  void check_deepPattern_isRefused() {
    var error =
        Expressions.check("http.host matches \"" + "(".repeat(2000) + ")".repeat(2000) + "\"")
            .orElseThrow();
    assertTrue(error.message().contains("groups"), error::toString);
  }

  /** Whatever is sent, the answer is an error with a position in the text, or an expression. */
  @Test
  void check_anyText_neverThrows() {
    var words =
        List.of(
            "http.host",
            "ip.src",
            "ssl",
            "http.request.headers",
            "eq",
            "!=",
            "in",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "*",
            "\"a\"",
            "\"",
            "\\",
            "r\"",
            "r#\"x\"#",
            "10.0.0.1",
            "10.0.0.1/8",
            "::1",
            ":",
            "::/129",
            "1",
            "..",
            "-5",
            "$list",
            "and",
            "or",
            "xor",
            "not",
            "matches",
            "strict",
            "wildcard",
            "any",
            "all",
            "lower",
            "concat",
            "len",
            ",",
            "\"a{2,1}\"",
            "\ud800",
            "\udc00",
            "😀",
            "\u0000",
            " ",
            "contains",
            "true",
            "ip.src.asnum",
            "\"[\"",
            "\"(?P<n>\"");
    var request = TestRequest.get("/a?b=c").with("x", "y");
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var source = new StringBuilder();
      for (int i = random.nextInt(14); i >= 0; i--) {
        source.append(words.get(random.nextInt(words.size())));
        source.append(random.nextInt(4) == 0 ? "" : " ");
      }
      var text = source.toString();
      var error = Expressions.check(text, Map.of("list", List.of("10.0.0.1")));
      if (error.isPresent()) {
        int position = error.get().position();
        assertTrue(position >= 1 && position <= text.length() + 1, () -> text + ": " + error.get());
      } else {
        Expressions.compile(text, Map.of("list", List.of("10.0.0.1"))).evaluate(request);
      }
    }
  }

  @Test
  void check_mutatedExpression_neverThrows() {
    var valid =
        "not (http.host eq \"www.example.com\" and ip.src in {203.0.113.0/24 ::1})"
            + " or any(lower(http.request.headers[\"a\"][*])[*] matches r\"^(a|b){2,3}$\")";
    var letters = "()[]{}\"\\*.:/! aeinr019$~^|&=<>,-#";
    for (long seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder(valid);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(text.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, letter);
          default -> text.setCharAt(at, letter);
        }
      }
      Expressions.check(text.toString());
    }
  }
}
