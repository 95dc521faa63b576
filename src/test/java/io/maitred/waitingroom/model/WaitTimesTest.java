package io.maitred.waitingroom.model;

import static io.maitred.waitingroom.model.Desk.key;
import static io.maitred.waitingroom.model.Desk.minute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.maitred.waitingroom.model.config.QueueingMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitTimesTest {
  private static final WaitEstimate UNKNOWN = WaitEstimate.unknown(false);

  /** S13: the state of S10, 30 users a minute, bucket 15:56: 60 ahead, 2 minutes. */
  @Test
  void wait_partlyServedQueue_countsOwnBucketWithoutTheServed() {
    var waits = waits(seed(0), 30);

    assertEquals(fifo(2, 60), waits.of(key("15:56"), QueueingMethod.FIFO));
    assertEquals(fifo(1, 0), waits.of(key("15:55"), QueueingMethod.FIFO));
    assertEquals(2, waits.longest(QueueingMethod.FIFO));
  }

  /** D14: 20 of the last bucket are served: 40 ahead, 2 minutes. */
  @Test
  void wait_partialBucket_isShorter() {
    assertEquals(fifo(2, 40), waits(seed(20), 30).of(key("15:56"), QueueingMethod.FIFO));
  }

  /** D38. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,              ahead, rate, known, minutes, full
          rounded up,           61,   30, true,        3, false
          no rate,              61,    0, false,       0, false
          longer than a day, 43201,   30, true,     1441, true
          a day,             43200,   30, true,     1440, false
          nobody ahead,          0,   30, true,        1, false
          """)
  void wait(String name, long ahead, double rate, boolean known, long minutes, boolean full) {
    var waits = waits(Desk.Version.of("16:00:00").bucket(key("15:56"), ahead, 0), rate);
    var estimate = waits.of(key("15:56"), QueueingMethod.FIFO);

    assertEquals(new WaitEstimate(known, minutes, 0, 0, 0, known ? ahead : 0, full), estimate);
    assertEquals(full, waits.isFull(QueueingMethod.FIFO));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                                  bucket, known
          newer than all: all are ahead,         15:57,  true
          the minute of the state,               16:00,  true
          older and not listed: unknown,         15:53,  false
          """)
  void wait_bucketNotListed(String name, String bucket, boolean known) {
    assertEquals(
        known ? fifo(2, 60) : UNKNOWN, waits(seed(0), 30).of(key(bucket), QueueingMethod.FIFO));
  }

  /** D39, and the sample of the public API. */
  @ParameterizedTest(name = "{0} waiting, {1} a minute")
  @CsvSource({"200, 10, 5, 10, 15", "20, 10, 1, 1, 2", "7, 1, 2, 4, 6"})
  void wait_random_hasPercentiles(long waiting, double rate, long p25, long p50, long p75) {
    var waits = waits(Desk.Version.of("16:00:00").bucket(key("15:56"), waiting, 0), rate);

    assertEquals(
        new WaitEstimate(true, p50, p25, p50, p75, waiting, false),
        waits.of(key("15:50"), QueueingMethod.RANDOM));
  }

  @Test
  void longest_nobodyWaits_isZero() {
    var waits = waits(Desk.Version.of("16:00:00"), 30);

    assertEquals(0, waits.longest(QueueingMethod.FIFO));
    assertFalse(waits.isFull(QueueingMethod.FIFO));
  }

  @Test
  void wait_ranksOfAGroup_waitWithIt() {
    long start = minute("15:30");
    var waits =
        waits(
            Desk.Version.of("15:31:00")
                .bucket(QueueKey.ofRank(start, 0), 60, 60)
                .bucket(QueueKey.ofRank(start, 128), 60, 0)
                .bucket(key("15:30"), 60, 0),
            30);

    assertEquals(fifo(1, 0), waits.of(QueueKey.ofRank(start, 127), QueueingMethod.FIFO));
    assertEquals(fifo(2, 60), waits.of(QueueKey.ofRank(start, 200), QueueingMethod.FIFO));
    assertEquals(fifo(4, 120), waits.of(key("15:30"), QueueingMethod.FIFO));
  }

  private static Desk.Version seed(long eligible) {
    return Desk.Version.of("16:00:00")
        .bucket(key("15:54"), 2, 2)
        .bucket(key("15:55"), 50, 50)
        .bucket(key("15:56"), 60, eligible);
  }

  private static WaitEstimate fifo(long minutes, long ahead) {
    return new WaitEstimate(true, minutes, 0, 0, 0, ahead, false);
  }

  private static WaitTimes waits(Desk.Version version, double rate) {
    return new WaitTimes(new QueueView(version.build()), rate, minute("16:00"));
  }
}
