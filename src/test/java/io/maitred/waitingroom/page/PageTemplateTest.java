package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTemplateTest {
  private static final int MAX_OUTPUT = 4 << 20;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          text | plain | plain
          variable | {{waitTime}} | 12
          blanks in a tag | {{ waitTime }} | 12
          escaped | {{turnstile}} | &lt;b class&#x3D;&#39;x&#39;&gt;&amp;&quot;
          raw | {{{turnstile}}} | <b class='x'>&"
          raw with an ampersand | {{&turnstile}} | <b class='x'>&"
          section | {{#waitTimeKnown}}yes{{/waitTimeKnown}} | yes
          section that is false | [{{#queueAll}}yes{{/queueAll}}] | []
          inverted section | {{^queueAll}}no{{/queueAll}} | no
          inverted section that is true | [{{^waitTimeKnown}}no{{/waitTimeKnown}}] | []
          unknown variable | [{{nothing}}{{{nothing}}}{{&nothing}}] | []
          unknown section | [{{#nothing}}x{{/nothing}}{{^nothing}}y{{/nothing}}] | [y]
          unknown path | [{{a.b.c}}{{waitTime.value.length}}] | []
          section of a number | {{#waitTime}}{{.}} {{queueingMethod}}{{/waitTime}} | 12 fifo
          section of zero | [{{#zero}}x{{/zero}}{{^zero}}y{{/zero}}] | [y]
          section of the empty text | [{{#empty}}x{{/empty}}{{^empty}}y{{/empty}}] | [y]
          section of a text | {{#queueingMethod}}{{.}}{{/queueingMethod}} | fifo
          comment | a{{! anything {{ here }}b | ab
          delimiters | {{=<% %>=}}<%waitTime%>{{waitTime}} | 12{{waitTime}}
          one-character delimiters | {{=~ ~=}}~waitTime~ | 12
          braces of style sheets | a{b{c:d}} | a{b{c:d}}
          unfinished tag | {{waitTime | {{waitTime
          all variables at once | [{{.}}{{this}}] | []
          methods | [{{class}}{{getClass}}{{toString}}{{hashCode}}{{waitTime.class}}] | []
          methods of texts | [{{#queueingMethod}}{{length}}{{bytes}}{{isEmpty}}{{/queueingMethod}}] | []
          members of maps | [{{entrySet}}{{values}}{{size}}{{empty?}}] | []
          """)
  void render(String name, String template, String expected) throws Exception {
    assertEquals(expected, render(template), name);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          section that is not closed | a{{#b}} | missing close tag 'b'
          closed, not opened | {{/b}} | no open tag 'b'
          crossed | {{#a}}{{#b}}{{/a}}{{/b}} | mismatched
          half a triple | {{{a}} | triple-mustache
          empty tag | x{{}} | an empty tag (line 1)
          blank tag | {{   }} | an empty tag
          name of dots | {{#...}} | a name of dots only
          partial | {{> header}} | partials
          parent | {{<a}}{{/a}} | partials
          block | {{$a}}{{/a}} | partials
          delimiters | {{=<% =}} | delimiters are changed like this
          delimiters that are too long | {{=<%% %%>=}} | delimiters are changed like this
          delimiters of nothing | {{=}} | delimiters are changed like this
          """)
  void error_isExplained(String name, String template, String expected) {
    var error = PageTemplate.error(template).orElseThrow();
    assertTrue(error.contains(expected), name + ": " + error);
  }

  @Test
  void error_namesTheLine() {
    assertTrue(PageTemplate.error("\n\n{{> a}}").orElseThrow().contains("line 3"));
  }

  @Test
  void error_isShort() {
    var error = PageTemplate.error("{{#" + "a".repeat(100_000) + "}}").orElseThrow();
    assertTrue(error.length() < 300, error);
  }

  @Test
  void size_isLimitedInBytes() {
    assertTrue(PageTemplate.error("a".repeat(1 << 20)).isEmpty());
    assertTrue(PageTemplate.error("a".repeat((1 << 20) + 1)).isPresent());
    assertTrue(PageTemplate.error("ä".repeat(1 << 19)).isEmpty());
    assertTrue(PageTemplate.error("ä".repeat((1 << 19) + 1)).isPresent());
  }

  @Test
  void nesting_isLimited() throws Exception {
    assertEquals("x", render(nested(TemplateScan.MAX_DEPTH)));
    assertTrue(
        PageTemplate.error(nested(TemplateScan.MAX_DEPTH + 1)).orElseThrow().contains("nested"));
    // a megabyte of opening tags, closed or not
    assertTrue(PageTemplate.error("{{#a}}".repeat(170_000)).isPresent());
    assertTrue(PageTemplate.error("{{^a}}".repeat(80_000) + "{{/a}}".repeat(80_000)).isPresent());
  }

  @Test
  void nesting_cannotHideBehindOtherDelimiters() {
    var deep = "{{=| |=}}" + "|#waitTime|".repeat(5000) + "|/waitTime|".repeat(5000);
    assertTrue(PageTemplate.error(deep).orElseThrow().contains("nested"));
  }

  @Test
  void output_isLimited() throws Exception {
    var template = PageTemplate.compile("{{waitTime}}".repeat(1000));
    var thrown =
        assertThrows(
            RenderingStoppedException.class,
            () -> template.render(variables(), PageTemplateTest::standingClock, 1, 1999));
    assertEquals(RenderingStoppedException.Reason.SIZE, thrown.reason());
    assertEquals(
        2000, template.render(variables(), PageTemplateTest::standingClock, 1, 2000).length());
  }

  @Test
  void time_isLimited_alsoWhenNothingIsWritten() throws Exception {
    for (var tag :
        List.of("{{nothing}}", "{{#nothing}}x{{/nothing}}", "{{^waitTime}}x{{/waitTime}}")) {
      var template = PageTemplate.compile(tag.repeat(1000));
      var ticks = new long[1];
      var thrown =
          assertThrows(
              RenderingStoppedException.class,
              () -> template.render(variables(), () -> ticks[0]++, 500, MAX_OUTPUT));
      assertEquals(RenderingStoppedException.Reason.TIME, thrown.reason());
      assertTrue(ticks[0] <= 502, tag);
    }
  }

  /** Whatever text an operator sends is either refused with a message or rendered. */
  @Test
  void anyText_isRefusedOrRendered() throws Exception {
    var pieces =
        List.of(
            "{{",
            "}}",
            "{",
            "}",
            "{{{",
            "}}}",
            "#",
            "^",
            "/",
            ">",
            "<",
            "$",
            "!",
            "&",
            "=",
            " ",
            "\n",
            "a",
            "waitTime",
            "{{#waitTime}}",
            "{{/waitTime}}",
            "{{^a}}",
            "{{/a}}",
            "{{=| |=}}",
            "|",
            "|={{ }}=|",
            "{{=<% %>=}}",
            "<%",
            "%>",
            ".",
            "{{.}}",
            "\u0000");
    int rendered = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      int length = 1 + random.nextInt(12);
      for (int i = 0; i < length; i++) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      try {
        PageTemplate.compile(text.toString())
            .render(variables(), PageTemplateTest::standingClock, 1, MAX_OUTPUT);
        rendered++;
      } catch (InvalidTemplateException e) {
        assertFalse(e.message().isBlank(), "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
    assertTrue(rendered > 1000, "rendered: " + rendered);
  }

  private static long standingClock() {
    return 0;
  }

  private static String nested(int depth) {
    return "{{#waitTime}}".repeat(depth) + "x" + "{{/waitTime}}".repeat(depth);
  }

  private static String render(String template) throws Exception {
    return PageTemplate.compile(template)
        .render(variables(), PageTemplateTest::standingClock, 1, MAX_OUTPUT);
  }

  private static Map<String, Object> variables() {
    var variables = new HashMap<>(SampleFacts.line(12, 100).variables());
    variables.put("turnstile", "<b class='x'>&\"");
    variables.put("zero", 0L);
    variables.put("empty", "");
    return variables;
  }
}
