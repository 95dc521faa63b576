package io.maitred.router.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorDelayTest {
  private static final ErrorDelay RULE =
      new ErrorDelay(Duration.ofMillis(2000), Duration.ofMillis(50), 100);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                     errorsPerMinute, expectedMs
          no errors,                0,               0
          below the first step,     99,              0
          first step,               100,             50
          steps are whole,          199,             50
          second step,              200,             100
          just below the maximum,   3999,            1950
          at the maximum,           4000,            2000
          beyond it,                1000000,         2000
          more than can be counted, 9223372036854775807, 2000
          """)
  void at(String name, long errorsPerMinute, long expectedMs) {
    assertEquals(Duration.ofMillis(expectedMs), RULE.at(errorsPerMinute));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                                 laterMs, expected
          in the same minute,                   30000,   120
          next minute all but counted,          60000,   120
          half of the last minute left,         90000,   60
          the whole minute is over,             120000,  0
          long after,                           600000,  0
          """)
  void rate_ofErrorsAtTheBeginningOfAMinute(String name, long laterMs, long expected) {
    var rate = ErrorRate.none(0);
    for (int i = 0; i < 120; i++) {
      rate = rate.counted(0);
    }
    assertEquals(expected, rate.perMinute(laterMs));
  }

  @Test
  void rate_negativeClock_countsTheSame() {
    var rate = ErrorRate.none(-60_001).counted(-60_001).counted(-59_999);
    assertEquals(1 + 59_999 / 60_000, rate.perMinute(-59_999));
  }
}
