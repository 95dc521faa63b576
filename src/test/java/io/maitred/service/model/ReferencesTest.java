package io.maitred.service.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {
  /** Two tokens, edited at 100, 200 and 300; b was soft-deleted at 300. */
  private static final Map<String, Object> V1 = version(100, Map.of());

  private static final Map<String, Object> V2 = version(200, V1);
  private static final Map<String, Object> V3 = version(300, V2);
  private static final Map<String, TokenDocument> TOKENS =
      Map.of("a", new TokenDocument("a", V3), "b", new TokenDocument("b", deleted(V3)));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          current,                            a3,        false, -
          replaced,                           a2,        true,  300
          replaced twice,                     a1,        true,  200
          unknown version,                    a9,        true,  100
          both replaced,                      a1 a2,     true,  300
          one of two still current,           a1 a3,     false, -
          deleted token,                      b2,        true,  300
          deleted token at its last version,  b3,        true,  300
          token that is gone,                 c1,        true,  -
          no references,                      -,         false, -
          headers alone,                      none,      false, -
          headers besides a stale token,      a1/none,   false, -
          two stale references,               a1/a2,     true,  300
          one of two references current,      a1/a3,     false, -
          by service id,                      ^1,        false, -
          by service id besides a stale one,  ^1 a2,     true,  300
          """)
  void stale(String name, String text, boolean stale, Long since) {
    var references = references(text);

    assertEquals(stale, References.stale(references, TOKENS::get));
    if (stale) {
      assertEquals(
          since == null ? OptionalLong.empty() : OptionalLong.of(since),
          References.staleTime(references, TOKENS::get));
    }
  }

  @Test
  void currentFor_namesTheTokensOfCurrentReferences() {
    assertEquals(List.of("a"), References.currentFor(references("a3/a1/none"), TOKENS::get));
    assertEquals(List.of(), References.currentFor(references("a1/b3/a3 a2"), TOKENS::get));
  }

  private static Set<List<SourceToken>> references(String text) {
    if (text == null) {
      return Set.of();
    }
    return Arrays.stream(text.split("/"))
        .map(ReferencesTest::reference)
        .collect(Collectors.toSet());
  }

  private static List<SourceToken> reference(String text) {
    if (text.equals("none")) {
      return List.of();
    }
    return Arrays.stream(text.split(" ")).map(ReferencesTest::source).toList();
  }

  private static SourceToken source(String text) {
    var versions =
        Map.of("1", V1, "2", V2, "3", V3).entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> TokenHash.of(e.getValue())));
    var token = text.startsWith("^") ? "^SERVICE-ID#s" : text.substring(0, 1);
    return new SourceToken(token, versions.getOrDefault(text.substring(1), "E-unknown"));
  }

  private static Map<String, Object> version(int time, Map<String, Object> previous) {
    return Map.of("cmd", "v" + time, "last-update-time", time, "previous", previous);
  }

  private static Map<String, Object> deleted(Map<String, Object> last) {
    var data = new TreeMap<>(last);
    data.put("deleted", true);
    data.put("last-update-time", 300);
    data.put("previous", new TreeMap<>(last));
    return data;
  }
}
