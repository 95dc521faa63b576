package io.maitred.division;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Divides a whole among weighted children in exact integers.
 *
 * <pre>
 * quota_i = whole * w_i / sum(w)
 * part_i  = floor(quota_i), and one more for those with the largest fractions until all is given
 * </pre>
 *
 * The parts always sum to the whole, and each is the floor or the ceiling of its quota. Ties go to
 * the earlier child, so a caller that sorts its children gets the same result everywhere. With a
 * carry, a child's fraction is added to what it was denied before; so over many divisions each gets
 * its quota, even a child whose quota is always below one.
 *
 * <p>Range: whole and each weight up to 10^9, up to 300 children; a product that does not fit
 * throws {@link ArithmeticException}.
 */
public final class LargestRemainder {
  /** Units of carry that make one whole slot. */
  public static final long UNIT = 1L << 16;

  private LargestRemainder() {}

  /**
   * Parts of one division, and what each child is owed (positive) or got in advance (negative).
   *
   * @param parts in the order of the weights
   * @param carry in {@link #UNIT}s; its sum is that of the carry before
   */
  @SuppressWarnings("ArrayRecordComponent") // a pair of results, never compared
  public record Carried(long[] parts, long[] carry) {}

  /**
   * Divides without memory.
   *
   * @throws IllegalArgumentException if a number is negative, or there is something to divide and
   *     no weight above 0
   */
  public static long[] divide(long whole, long[] weights) {
    long sum = checkedSum(whole, weights);
    var parts = new long[weights.length];
    if (whole == 0) {
      return parts;
    }
    var remainders = floors(whole, weights, sum, parts);
    give(whole - Arrays.stream(parts).sum(), parts, remainders);
    return parts;
  }

  /** Divides, adding to each child's fraction what it was denied in the divisions before. */
  public static Carried divide(long whole, long[] weights, long[] carry) {
    if (carry.length != weights.length) {
      throw new IllegalArgumentException(
          "carry: " + carry.length + " values (expected: " + weights.length + ")");
    }
    long sum = checkedSum(whole, weights);
    var parts = new long[weights.length];
    if (whole == 0) {
      return new Carried(parts, carry.clone());
    }
    var remainders = floors(whole, weights, sum, parts);
    long rest = whole - Arrays.stream(parts).sum();
    // the fractions sum to the rest exactly, so no unit of carry is made or lost
    var fractions =
        rest == 0 ? new long[weights.length] : divide(Math.multiplyExact(rest, UNIT), remainders);
    var credit = new long[weights.length];
    for (int i = 0; i < credit.length; i++) {
      credit[i] = carry[i] + fractions[i];
    }
    var floors = parts.clone();
    // only a child with a fraction may get one more: so no part exceeds the ceiling of its quota
    var eligible = new long[credit.length];
    for (int i = 0; i < credit.length; i++) {
      eligible[i] = remainders[i] > 0 ? credit[i] : Long.MIN_VALUE;
    }
    give(rest, parts, eligible);
    for (int i = 0; i < credit.length; i++) {
      credit[i] -= (parts[i] - floors[i]) * UNIT;
    }
    return new Carried(parts, credit);
  }

  private static long checkedSum(long whole, long[] weights) {
    if (whole < 0) {
      throw new IllegalArgumentException("whole: " + whole + " (expected: >= 0)");
    }
    long sum = 0;
    for (long weight : weights) {
      if (weight < 0) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
      }
      sum = Math.addExact(sum, weight);
    }
    if (whole > 0 && sum == 0) {
      throw new IllegalArgumentException("weights: none above 0, whole " + whole);
    }
    return sum;
  }

  private static long[] floors(long whole, long[] weights, long sum, long[] parts) {
    var remainders = new long[weights.length];
    for (int i = 0; i < weights.length; i++) {
      long product = Math.multiplyExact(whole, weights[i]);
      parts[i] = product / sum;
      remainders[i] = product % sum;
    }
    return remainders;
  }

  /** One more for each of the {@code rest} children that rank highest; fewer than children. */
  private static void give(long rest, long[] parts, long[] rank) {
    IntStream.range(0, parts.length)
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> rank[i]).reversed())
        .limit(rest)
        .forEach(i -> parts[i]++);
  }
}
