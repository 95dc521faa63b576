package io.maitred.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Name and version of this build, as it introduces itself to clients and backends. */
public final class Product {
  /** The version of the build, for instance {@code 0.1.0}. */
  public static final String VERSION = version();

  /** {@code maitred/<version>}: in {@code server} and {@code via} headers. */
  public static final String TOKEN = "maitred/" + VERSION;

  private Product() {}

  private static String version() {
    try (var in = Product.class.getResourceAsStream("/maitred-version.properties")) {
      if (in == null) {
        throw new IllegalStateException("maitred-version.properties: missing on the classpath");
      }
      var properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
