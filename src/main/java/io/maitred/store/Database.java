package io.maitred.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.maitred.common.OwnerOnly;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The database as the node-local tables see it: the schema is there, and changes can be read. All
 * methods block and belong on a dispatcher for blocking work. Close it after the actor system has
 * ended.
 */
public final class Database implements AutoCloseable {
  private static final int MIGRATION_ATTEMPTS = 10;
  private static final String COLUMNS =
      "global_offset, persistence_id, revision, state_payload, state_serial_id,"
          + " state_serial_manifest";

  private final HikariDataSource source;

  private Database(HikariDataSource source) {
    this.source = source;
  }

  /**
   * Opens the database and brings its schema up to date; several nodes may do so at once. Must come
   * before anything else in this process loads H2.
   *
   * @throws DatabaseUnavailableException with a message of one line
   */
  public static Database open(DatabaseSettings settings) {
    if (settings.kind() == DatabaseSettings.Kind.H2) {
      prepareH2(settings);
    }
    var source = new HikariDataSource(pool(settings));
    try {
      migrate(source, settings);
      return new Database(source);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** The document and its place, without its content. */
  public record Position(long offset, String persistenceId, long revision) {}

  /** Rows of one tag after an offset, in the order of offsets. */
  public List<StoredRow> rowsAfter(String tag, long offset, int limit) throws SQLException {
    return query(
        "SELECT " + COLUMNS + AFTER,
        statement -> after(statement, tag, offset, limit),
        Database::row);
  }

  /** Like {@link #rowsAfter}, but without content. */
  public List<Position> positionsAfter(String tag, long offset, int limit) throws SQLException {
    return query(
        "SELECT global_offset, persistence_id, revision" + AFTER,
        statement -> after(statement, tag, offset, limit),
        row -> new Position(row.getLong(1), row.getString(2), row.getLong(3)));
  }

  /** The rows of these documents that exist. */
  public List<StoredRow> rows(Collection<String> persistenceIds) throws SQLException {
    if (persistenceIds.isEmpty()) {
      return List.of();
    }
    var marks = String.join(", ", Collections.nCopies(persistenceIds.size(), "?"));
    return query(
        "SELECT " + COLUMNS + " FROM durable_state WHERE persistence_id IN (" + marks + ")",
        statement -> {
          int index = 1;
          for (var id : persistenceIds) {
            statement.setString(index++, id);
          }
        },
        Database::row);
  }

  /** Connections for tables that are no documents; each is to be closed soon. */
  public DataSource connections() {
    return source;
  }

  @Override
  public void close() {
    source.close();
  }

  private static final String AFTER =
      " FROM durable_state WHERE tag = ? AND global_offset > ? ORDER BY global_offset LIMIT ?";

  private static void after(PreparedStatement statement, String tag, long offset, int limit)
      throws SQLException {
    statement.setString(1, tag);
    statement.setLong(2, offset);
    statement.setInt(3, limit);
  }

  private static StoredRow row(ResultSet row) throws SQLException {
    var manifest = row.getString(6);
    return new StoredRow(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getBytes(4),
        row.getInt(5),
        manifest == null ? "" : manifest);
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private <T> List<T> query(String sql, Binder binder, Mapper<T> mapper) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      binder.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        var result = new ArrayList<T>();
        while (rows.next()) {
          result.add(mapper.map(rows));
        }
        return result;
      }
    }
  }

  private static void prepareH2(DatabaseSettings settings) {
    // read once, when H2 loads; without it H2's server for the other nodes listens on every address
    if (System.getProperty("h2.bindAddress") == null) {
      System.setProperty("h2.bindAddress", settings.bindAddress());
    }
    try {
      OwnerOnly.createDirectories(settings.dataDirectory());
    } catch (IOException e) {
      throw new DatabaseUnavailableException(
          "maitred.data-dir: " + settings.dataDirectory() + " (expected: a writable directory)", e);
    }
  }

  private static HikariConfig pool(DatabaseSettings settings) {
    var pool = new HikariConfig();
    pool.setPoolName("maitred-tables");
    pool.setDriverClassName(settings.driver());
    pool.setJdbcUrl(settings.url());
    pool.setUsername(settings.user());
    pool.setPassword(settings.password());
    pool.setMaximumPoolSize(settings.readers());
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(settings.connectionTimeout().toMillis());
    pool.setValidationTimeout(1000);
    pool.setInitializationFailTimeout(-1);
    settings.driverProperties().forEach(pool::addDataSourceProperty);
    return pool;
  }

  /**
   * Nodes that start together on an empty database race for the history table itself, which the
   * migration library cannot lock before it exists; the losers find it on their next attempt. An H2
   * server that is moving to another process needs several seconds.
   */
  private static void migrate(HikariDataSource source, DatabaseSettings settings) {
    FlywayException last = null;
    long deadline = System.nanoTime() + 3 * settings.connectionTimeout().toNanos();
    for (int attempt = 0; attempt < MIGRATION_ATTEMPTS && System.nanoTime() < deadline; attempt++) {
      try {
        Flyway.configure()
            .dataSource(source)
            .locations("classpath:db/migration/" + settings.kind().folder())
            .table("maitred_schema_history")
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .load()
            .migrate();
        return;
      } catch (FlywayException e) {
        last = e;
      }
    }
    throw new DatabaseUnavailableException(
        "maitred.database.url: "
            + settings
            + " (expected: a database that can be opened and migrated; "
            + firstLine(last)
            + ")",
        last);
  }

  private static String firstLine(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    var message = cause == null ? null : cause.getMessage();
    return message == null ? "no reason given" : message.lines().findFirst().orElse("");
  }
}
