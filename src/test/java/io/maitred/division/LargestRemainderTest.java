package io.maitred.division;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LargestRemainderTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                             whole, weights, parts
          equal weights: the first gets it,    10,   1 1 1, 4 3 3
          one slot to the larger,               1,   45 55, 0 1
          the larger fraction gets the rest,    7,   45 55, 3 4
          equal fractions: the first gets it,   5,   50 50, 3 2
          small weights may get nothing,      100, 997 2 1, 100 0 0
          largest fractions first,             17,   5 3 2, 9 5 3
          ties among larger,                   11,   3 3 1, 5 5 1
          no weight but one,                    4,   0 0 9, 0 0 4
          nothing to divide,                    0,     0 0, 0 0
          """)
  void divide(String name, long whole, String weights, String parts) {
    assertArrayEquals(numbers(parts), LargestRemainder.divide(whole, numbers(weights)));
  }

  @Test
  void divide_anyWeights_givesFloorOrCeilingAndTheWhole() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var weights = randomWeights(random, 1_000_000_000);
      long whole = random.nextInt(1_000_000_000);
      var parts = LargestRemainder.divide(whole, weights);
      assertEquals(whole, Arrays.stream(parts).sum(), "seed " + seed);
      assertWithinOne(whole, weights, parts, seed);
    }
  }

  @Test
  void divide_withCarry_givesEachItsQuotaOverTime() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var weights = randomWeights(random, 1000);
      long whole = random.nextInt(20);
      long sum = Arrays.stream(weights).sum();
      var carry = new long[weights.length];
      var total = new long[weights.length];
      int rounds = 2000;
      for (int round = 0; round < rounds; round++) {
        var divided = LargestRemainder.divide(whole, weights, carry);
        assertEquals(whole, Arrays.stream(divided.parts()).sum(), "seed " + seed);
        assertEquals(0, Arrays.stream(divided.carry()).sum(), "seed " + seed);
        assertWithinOne(whole, weights, divided.parts(), seed);
        carry = divided.carry();
        for (int i = 0; i < total.length; i++) {
          total[i] += divided.parts()[i];
        }
      }
      for (int i = 0; i < total.length; i++) {
        double quota = (double) rounds * whole * weights[i] / sum;
        assertEquals(quota, (double) total[i], weights.length + 1, "seed " + seed + " child " + i);
      }
    }
  }

  @Test
  void divide_oneSlotAndUnequalWeights_eachChildAdvances() {
    var carry = new long[3];
    var total = new long[3];
    for (int round = 0; round < 120; round++) {
      var divided = LargestRemainder.divide(1, new long[] {100, 15, 5}, carry);
      carry = divided.carry();
      for (int i = 0; i < 3; i++) {
        total[i] += divided.parts()[i];
      }
    }
    assertArrayEquals(new long[] {100, 15, 5}, total);
  }

  @Test
  void divide_badArguments_areNamed() {
    assertThrows(IllegalArgumentException.class, () -> LargestRemainder.divide(-1, new long[] {1}));
    assertThrows(IllegalArgumentException.class, () -> LargestRemainder.divide(1, new long[] {-1}));
    assertThrows(
        IllegalArgumentException.class, () -> LargestRemainder.divide(1, new long[] {0, 0}));
    assertThrows(
        IllegalArgumentException.class,
        () -> LargestRemainder.divide(1, new long[] {1}, new long[2]));
  }

  private static long[] randomWeights(Random random, int bound) {
    var weights = new long[1 + random.nextInt(300)];
    Arrays.setAll(weights, i -> random.nextInt(5) == 0 ? 0 : random.nextInt(bound));
    weights[0] = 1L + random.nextInt(bound);
    return weights;
  }

  private static void assertWithinOne(long whole, long[] weights, long[] parts, int seed) {
    var sum = BigInteger.valueOf(Arrays.stream(weights).sum());
    for (int i = 0; i < parts.length; i++) {
      long floor =
          BigInteger.valueOf(whole)
              .multiply(BigInteger.valueOf(weights[i]))
              .divide(sum)
              .longValueExact();
      assertTrue(
          parts[i] == floor || parts[i] == floor + 1,
          "seed " + seed + ": " + parts[i] + " of quota " + floor);
    }
  }

  private static long[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
  }
}
