package io.maitred.waitingroom.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.store.Database;
import io.maitred.store.DatabaseSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds on every database. */
abstract class PreviewTableSuite {
  private static final Duration DAY = Duration.ofHours(24);

  private Database database;
  private Instant now = Instant.parse("2024-01-31T10:00:00Z");

  /** Of an empty database. */
  abstract Map<String, Object> settings() throws Exception;

  @BeforeEach
  void open() throws Exception {
    database =
        Database.open(
            DatabaseSettings.from(
                ConfigFactory.parseMap(settings()).withFallback(ConfigFactory.load())));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private PreviewTable table(int maxCount, long maxBytes) {
    return new PreviewTable(
        database.connections(),
        Runnable::run,
        new PreviewSettings(DAY, maxCount, maxBytes),
        new HandClock());
  }

  private final class HandClock extends Clock {
    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static <T> T result(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void preview_isKeptForItsTime() {
    var table = table(10, 1_000_000);
    var id = UUID.randomUUID();
    assertTrue(result(table.keep(id, "<p>Grüße</p>")));
    now = now.plus(DAY);
    assertEquals(Optional.of("<p>Grüße</p>"), result(table.find(id)));
    now = now.plusMillis(1);
    assertEquals(Optional.empty(), result(table.find(id)));
    assertEquals(Optional.empty(), result(table.find(UUID.randomUUID())));
  }

  @Test
  void preview_ofAMegabyteIsKept() {
    var table = table(10, 10_000_000);
    var id = UUID.randomUUID();
    var page = "é".repeat(512 * 1024);
    assertTrue(result(table.keep(id, page)));
    assertEquals(Optional.of(page), result(table.find(id)));
  }

  @Test
  void full_theOldestGoWhenTheyAreOlderThanAnHour() {
    var table = table(3, 1_000_000);
    var first = UUID.randomUUID();
    var second = UUID.randomUUID();
    var third = UUID.randomUUID();
    assertTrue(result(table.keep(first, "1")));
    now = now.plusSeconds(1);
    assertTrue(result(table.keep(second, "2")));
    now = now.plusSeconds(1);
    assertTrue(result(table.keep(third, "3")));
    assertFalse(result(table.keep(UUID.randomUUID(), "4")), "all are younger than an hour");

    now = now.plus(Duration.ofHours(1));
    var fourth = UUID.randomUUID();
    assertTrue(result(table.keep(fourth, "4")));
    assertEquals(Optional.empty(), result(table.find(first)));
    assertEquals(Optional.of("2"), result(table.find(second)));
    assertEquals(Optional.of("4"), result(table.find(fourth)));
  }

  @Test
  void full_bytesCountToo() {
    var table = table(100, 10);
    assertTrue(result(table.keep(UUID.randomUUID(), "12345678")));
    assertFalse(result(table.keep(UUID.randomUUID(), "123")));
    assertTrue(result(table.keep(UUID.randomUUID(), "12")));
  }
}
