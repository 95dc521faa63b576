package io.maitred.waitingroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  private static RingKey key(int id, int secondsLater) {
    var secret = new byte[RingKey.SECRET_BYTES];
    Arrays.fill(secret, (byte) 7);
    return new RingKey(id, NOW.plusSeconds(secondsLater), secret);
  }

  private static KeyRing ring(RingKey... newestFirst) {
    return new KeyRing(List.of(newestFirst));
  }

  @Test
  void adding_twoThatSawTheSame_firstOneStays() {
    var first = KeyRing.EMPTY.adding(key(0, 0), -1);
    assertEquals(ring(key(0, 0)), first);
    assertSame(first, first.adding(key(0, 1), -1));
    assertSame(first, first.adding(key(0, 0), -1), "repeated");
    var second = first.adding(key(1, 1), 0);
    assertEquals(ring(key(1, 1), key(0, 0)), second);
    assertSame(second, second.adding(key(1, 2), 0));
  }

  @Test
  void adding_fullRing_dropsTheOldest() {
    var ring = KeyRing.EMPTY;
    for (int round = 0; round < 6; round++) {
      ring = ring.adding(key(ring.nextId(), round), ring.newestId());
    }
    assertEquals(List.of(5, 4, 3, 2), ring.keys().stream().map(RingKey::id).toList());
    assertEquals(0, ring(key(255, 0)).nextId());
  }

  @Test
  void retiring_newestKey_stays() {
    var ring = ring(key(1, 1), key(0, 0));
    assertSame(ring, ring.retiring(1));
    assertSame(ring, ring.retiring(9));
    assertEquals(ring(key(1, 1)), ring.retiring(0));
    assertNull(ring.retiring(0).key(0));
  }

  @Test
  void sealing_isTheNewestThatHasSpread() {
    var ring = ring(key(1, 100), key(0, 0));
    var spread = Duration.ofSeconds(10);
    assertEquals(key(0, 0), ring.sealing(NOW.plusSeconds(109), spread));
    assertEquals(key(1, 100), ring.sealing(NOW.plusSeconds(110), spread));
    assertEquals(key(0, 0), ring.sealing(NOW, spread), "the first key ever is used at once");
    assertNull(KeyRing.EMPTY.sealing(NOW, spread));
  }

  @Test
  void isOlderThan_emptyRing_always() {
    assertTrue(KeyRing.EMPTY.isOlderThan(Duration.ofDays(1), NOW));
    assertTrue(ring(key(0, 0)).isOlderThan(Duration.ofSeconds(9), NOW.plusSeconds(10)));
    assertTrue(!ring(key(0, 0)).isOlderThan(Duration.ofSeconds(10), NOW.plusSeconds(10)));
  }

  @Test
  void text_neverShowsTheSecret() {
    assertEquals(
        "KeyRing[keys=[RingKey[0, 2026-01-02T03:04:05.678Z]]]", ring(key(0, 0)).toString());
  }

  @Test
  void wrongKeys_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> key(256, 0));
    assertThrows(IllegalArgumentException.class, () -> new RingKey(0, NOW, new byte[16]));
    assertThrows(IllegalArgumentException.class, () -> ring(key(0, 0), key(0, 1)));
  }
}
