package io.maitred.service.model;

import static io.maitred.service.model.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterFilterTest {
  private static final Map<String, Object> PARAMETERS =
      json(
          "{'cmd':'run me','cpus':1.5,'mem':128,'name':'*','env':{'FOO':'bar'},"
              + "'metadata':{'a.b':'dotted','empty':''}}");

  @ParameterizedTest(name = "{0}: {1}={2}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          equal,                         cmd,          run me,     true
          not equal,                     cmd,          run,        false
          regex over the whole text,     cmd,          run.*,      true
          regex over a part only,        cmd,          un,         false
          decimal as text,               cpus,         1.5,        true
          whole number as text,          mem,          128,        true
          nested,                        env.FOO,      bar,        true
          nested regex,                  env.FOO,      b[a-z]r,    true
          nested and absent,             env.BAR,      bar,        false
          key with a dot,                metadata.a.b, dotted,     true
          path through a text,           cmd.x,        run me,     false
          star is any value,             cmd,          *,          true
          star does not match empty,     metadata.empty, *,        false
          star does not match absent,    version,      *,          false
          empty matches absent,          version,      '',         true
          empty does not match a value,  cmd,          '',         false
          no regex but equal,            cmd,          run me(,    false
          a star in a regex,             cmd,          .*me,       true
          """)
  void matches(String name, String parameter, String value, boolean expected) {
    var filter = new ParameterFilter(parameter, List.of(value), true);

    assertEquals(expected, filter.matches(PARAMETERS));
  }

  @Test
  void values_areAlternatives() {
    assertTrue(new ParameterFilter("mem", List.of("1", "128"), true).matches(PARAMETERS));
    assertFalse(new ParameterFilter("mem", List.of("1", "2"), true).matches(PARAMETERS));
  }

  @Test
  void star_asText_matchesOnlyAStar() {
    assertTrue(new ParameterFilter("name", List.of("*"), false).matches(PARAMETERS));
    assertFalse(new ParameterFilter("cmd", List.of("*"), false).matches(PARAMETERS));
    assertTrue(ParameterFilter.starIsAny(null));
    assertTrue(ParameterFilter.starIsAny("all"));
    assertFalse(ParameterFilter.starIsAny("none"));
  }

  @Test
  void patterns_thatAreBrokenOrExplode_matchLiterallyOnly() {
    assertTrue(new ParameterFilter("cmd", List.of("a("), true).matches(json("{'cmd':'a('}")));
    assertFalse(new ParameterFilter("cmd", List.of("a("), true).matches(PARAMETERS));
    var bomb = new ParameterFilter("cmd", List.of("(a+)+b"), true);
    assertFalse(bomb.matches("a".repeat(2000)));
    var long_ = "a|".repeat(300) + "run me";
    assertFalse(new ParameterFilter("cmd", List.of(long_), true).matches(PARAMETERS));
    assertFalse(new ParameterFilter("cmd", List.of(".*"), true).matches("a".repeat(5000)));
  }

  @Test
  void of_takesOnlyKnownNames() {
    var filters =
        ParameterFilter.of(
            Map.of("env.FOO", List.of("bar"), "include", List.of("x"), "mem", List.of("128")),
            Parameters::isParameter,
            true);

    assertEquals(2, filters.size());
    assertTrue(filters.stream().allMatch(f -> f.matches(PARAMETERS)));
  }
}
