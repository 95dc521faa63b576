package io.maitred.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Where documents are stored: {@code maitred.database}, with {@code maitred.data-dir} and {@code
 * maitred.host} for the embedded default.
 *
 * @param url the complete JDBC URL, with the parameters that the plugin needs
 * @param bindAddress where H2's server listens for the other nodes of this machine
 * @param writers connections of the durable entities of this node
 * @param readers connections of the node-local tables
 * @param connectionTimeout how long a caller waits for a connection
 */
public record DatabaseSettings(
    Kind kind,
    String url,
    String user,
    String password,
    Path dataDirectory,
    String bindAddress,
    int writers,
    int readers,
    Duration connectionTimeout) {

  /** The databases that can be used, by the beginning of their URL. */
  public enum Kind {
    H2("org.h2.Driver", "slick.jdbc.H2Profile$"),
    POSTGRESQL("org.postgresql.Driver", "slick.jdbc.PostgresProfile$");

    private final String driver;
    private final String profile;

    Kind(String driver, String profile) {
      this.driver = driver;
      this.profile = profile;
    }

    /** The folder of its migrations, below {@code db/migration}. */
    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Seconds without an answer after which a connection to PostgreSQL is given up. */
  private static final String SOCKET_TIMEOUT_SECONDS = "10";

  /**
   * Reads {@code maitred.database}.
   *
   * @throws io.maitred.common.InvalidSettingException for a wrong value, or a URL of another
   *     database
   */
  public static DatabaseSettings from(Config root) {
    var node = new ConfigReader(root, "maitred");
    var reader = new ConfigReader(root, "maitred.database");
    var directory = Path.of(node.nonBlank("data-dir")).toAbsolutePath().normalize();
    var given = reader.string("url");
    var kind = kind(reader, given);
    return new DatabaseSettings(
        kind,
        kind == Kind.H2 ? h2Url(given, directory) : given,
        reader.string("user"),
        reader.string("password"),
        directory,
        bindAddress(node.nonBlank("host")),
        reader.integer("writers", 1, 100),
        reader.integer("readers", 1, 20),
        reader.duration("connection-timeout", Duration.ofSeconds(1), Duration.ofSeconds(60)));
  }

  /**
   * What Akka needs to know of this database. Lay it over the configuration with which the actor
   * system is created: {@code settings.overlay().withFallback(config)}.
   */
  public Config overlay() {
    var db = new HashMap<String, Object>();
    db.put("connectionPool", "HikariCP");
    db.put("driver", kind.driver);
    db.put("url", url);
    db.put("user", user);
    db.put("password", password);
    db.put("numThreads", writers);
    db.put("maxConnections", writers);
    db.put("minConnections", 1);
    db.put("queueSize", 1000);
    db.put("connectionTimeout", connectionTimeout.toMillis());
    db.put("validationTimeout", 1000);
    // a connection kept for ever would not survive H2's server moving to another process
    db.put("keepAliveConnection", false);
    db.put("properties", driverProperties());
    return ConfigFactory.parseMap(
        Map.of(
            "akka.persistence.state.plugin",
            "jdbc-durable-state-store",
            "jdbc-durable-state-store.recovery-timeout",
            "5s",
            "jdbc-durable-state-store.slick.profile",
            kind.profile,
            "jdbc-durable-state-store.slick.db",
            db));
  }

  /** Without limits a vanished PostgreSQL host would hold threads for ever. */
  Map<String, Object> driverProperties() {
    return kind == Kind.POSTGRESQL
        ? Map.of("socketTimeout", SOCKET_TIMEOUT_SECONDS, "connectTimeout", "3")
        : Map.of();
  }

  String driver() {
    return kind.driver;
  }

  private static Kind kind(ConfigReader reader, String url) {
    if (url.isBlank() || url.startsWith("jdbc:h2:")) {
      return Kind.H2;
    }
    if (url.startsWith("jdbc:postgresql:")) {
      return Kind.POSTGRESQL;
    }
    throw reader.invalid(
        "url", withoutSecrets(url), "a URL that begins with jdbc:h2: or jdbc:postgresql:");
  }

  /** Parameters of a URL may hold a password; the error message must not. */
  private static String withoutSecrets(String url) {
    return url.replaceAll("[?;].*", "").replaceAll("//[^/@]*@", "//");
  }

  private static String h2Url(String given, Path directory) {
    if (given.isBlank()) {
      return "jdbc:h2:file:"
          + directory.resolve("maitred")
          + ";AUTO_SERVER=TRUE;WRITE_DELAY=0;DATABASE_TO_UPPER=FALSE";
    }
    // the plugin writes names in lower case without quotes
    return given.toUpperCase(Locale.ROOT).contains(";DATABASE_TO_UPPER=")
        ? given
        : given + ";DATABASE_TO_UPPER=FALSE";
  }

  /** An H2 file is shared within one machine, so a wildcard is narrowed to the loopback. */
  private static String bindAddress(String host) {
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }

  @Override
  public String toString() {
    return kind + " at " + withoutSecrets(url);
  }
}
