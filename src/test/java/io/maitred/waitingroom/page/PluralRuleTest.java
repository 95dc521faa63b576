package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PluralRuleTest {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NONE | other | 0 1 2 5 21
          ONE | one | 1
          ONE | other | 0 2 11 21 101
          EAST_SLAVIC | one | 1 21 101 1001
          EAST_SLAVIC | few | 2 3 4 22 34 102
          EAST_SLAVIC | other | 0 5 11 12 13 14 20 25 111 112 114
          POLISH | one | 1
          POLISH | few | 2 3 4 22 34 102
          POLISH | other | 0 5 11 12 14 21 31 101 112
          CZECH | one | 1
          CZECH | few | 2 3 4
          CZECH | other | 0 5 11 21 22 101
          SLOVENIAN | one | 1 101
          SLOVENIAN | two | 2 102
          SLOVENIAN | few | 3 4 103
          SLOVENIAN | other | 0 5 11 12 21 100
          LITHUANIAN | one | 1 21 101
          LITHUANIAN | few | 2 9 22 29 102
          LITHUANIAN | other | 0 10 11 12 19 20 111 100
          LATVIAN | zero | 0 10 11 19 20 111 100
          LATVIAN | one | 1 21 101
          LATVIAN | other | 2 9 22 34
          ROMANIAN | one | 1
          ROMANIAN | few | 0 2 19 101 119 1001
          ROMANIAN | other | 20 21 100 120
          HEBREW | one | 1
          HEBREW | two | 2
          HEBREW | other | 0 3 11 20 102
          ARABIC | zero | 0
          ARABIC | one | 1
          ARABIC | two | 2
          ARABIC | few | 3 10 103 110
          ARABIC | many | 11 26 99 111 199
          ARABIC | other | 100 101 102 200
          """)
  void form_isThatOfUnicode(PluralRule rule, String form, String numbers) {
    for (var number : numbers.split(" ", -1)) {
      assertEquals(form, rule.form(Long.parseLong(number)), number);
    }
  }

  @ParameterizedTest
  @EnumSource(PluralRule.class)
  void form_thereIsAlwaysOneForOtherNumbers(PluralRule rule) {
    assertTrue(forms(rule).contains("other"));
  }

  /** The names of all forms. */
  static Set<String> forms(PluralRule rule) {
    return LongStream.range(0, 1000).mapToObj(rule::form).collect(Collectors.toSet());
  }
}
