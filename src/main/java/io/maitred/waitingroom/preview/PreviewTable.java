package io.maitred.waitingroom.preview;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;

/**
 * Previews in a table of the database, where every node finds them. No node has them in memory: few
 * of them are ever looked at, and each may have a megabyte.
 */
public final class PreviewTable {
  private final DataSource source;
  private final Executor blocking;
  private final PreviewSettings settings;
  private final Clock clock;

  /**
   * @param blocking where the database may be waited for
   */
  public PreviewTable(DataSource source, Executor blocking, PreviewSettings settings, Clock clock) {
    this.source = source;
    this.blocking = blocking;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Keeps a template. Those past their time go, and, when there are too many, those older than an
   * hour, oldest first. Nodes that do so at the same moment may exceed the limits by what each of
   * them adds.
   *
   * @return false when younger ones leave no room
   */
  public CompletionStage<Boolean> keep(UUID id, String template) {
    var bytes = template.getBytes(StandardCharsets.UTF_8);
    return work(connection -> keep(connection, id, bytes, clock.instant()));
  }

  /** The template of a preview that is still kept. */
  public CompletionStage<Optional<String>> find(UUID id) {
    return work(connection -> find(connection, id, clock.instant()));
  }

  private boolean keep(Connection connection, UUID id, byte[] template, Instant now)
      throws SQLException {
    delete(connection, now.minus(settings.keep()));
    if (!fits(connection, template.length)) {
      makeRoom(connection, now.minus(PreviewSettings.GUARANTEED), template.length);
      if (!fits(connection, template.length)) {
        return false;
      }
    }
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO room_preview (id, created_on, size, template) VALUES (?, ?, ?, ?)")) {
      insert.setString(1, id.toString());
      insert.setLong(2, now.toEpochMilli());
      insert.setInt(3, template.length);
      insert.setBytes(4, template);
      insert.executeUpdate();
    }
    return true;
  }

  private static void delete(Connection connection, Instant before) throws SQLException {
    try (var delete =
        connection.prepareStatement("DELETE FROM room_preview WHERE created_on < ?")) {
      delete.setLong(1, before.toEpochMilli());
      delete.executeUpdate();
    }
  }

  private boolean fits(Connection connection, long size) throws SQLException {
    try (var count =
            connection.prepareStatement(
                "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM room_preview");
        ResultSet row = count.executeQuery()) {
      row.next();
      return row.getLong(1) < settings.maxCount() && row.getLong(2) + size <= settings.maxBytes();
    }
  }

  private void makeRoom(Connection connection, Instant before, long size) throws SQLException {
    try (var delete = connection.prepareStatement("DELETE FROM room_preview WHERE id = ?")) {
      for (var id : olderThan(connection, before)) {
        if (fits(connection, size)) {
          return;
        }
        delete.setString(1, id);
        delete.executeUpdate();
      }
    }
  }

  private List<String> olderThan(Connection connection, Instant before) throws SQLException {
    var ids = new ArrayList<String>();
    try (var select =
        connection.prepareStatement(
            "SELECT id FROM room_preview WHERE created_on < ? ORDER BY created_on LIMIT ?")) {
      select.setLong(1, before.toEpochMilli());
      select.setInt(2, settings.maxCount());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
    }
    return ids;
  }

  private Optional<String> find(Connection connection, UUID id, Instant now) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "SELECT template FROM room_preview WHERE id = ? AND created_on >= ?")) {
      select.setString(1, id.toString());
      select.setLong(2, now.minus(settings.keep()).toEpochMilli());
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new String(row.getBytes(1), StandardCharsets.UTF_8))
            : Optional.empty();
      }
    }
  }

  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private <T> CompletionStage<T> work(Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Connection connection = source.getConnection()) {
            return work.with(connection);
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        blocking);
  }
}
