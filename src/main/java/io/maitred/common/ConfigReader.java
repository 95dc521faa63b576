package io.maitred.common;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Reads one part of the configuration and checks every value. All methods throw {@link
 * InvalidSettingException}, which names the full path, the value and what is expected.
 */
public final class ConfigReader {
  private final Config config;
  private final String at;

  /**
   * @param root the whole configuration
   * @param at the path of the part, for example {@code maitred.http}
   */
  public ConfigReader(Config root, String at) {
    this.config = root.getConfig(at);
    this.at = at;
  }

  public String string(String path) {
    return read(path, "a string", Config::getString);
  }

  public String nonBlank(String path) {
    var value = string(path);
    if (value.isBlank()) {
      throw invalid(path, "\"" + value + "\"", "a non-blank string");
    }
    return value;
  }

  /** One of the given words. */
  public String oneOf(String path, List<String> words) {
    var value = string(path);
    if (!words.contains(value)) {
      throw invalid(path, value, "one of " + String.join(", ", words));
    }
    return value;
  }

  public boolean bool(String path) {
    return read(path, "true or false", Config::getBoolean);
  }

  public List<String> strings(String path) {
    return read(path, "a list of strings", Config::getStringList);
  }

  public int integer(String path, int min, int max) {
    var expected = "an integer from " + min + " to " + max;
    int value = read(path, expected, Config::getInt);
    if (value < min || value > max) {
      throw invalid(path, value, expected);
    }
    return value;
  }

  public long bytes(String path, long min, long max) {
    var expected = "a size from " + min + " to " + max + " bytes";
    long value = read(path, expected, Config::getBytes);
    if (value < min || value > max) {
      throw invalid(path, value, expected);
    }
    return value;
  }

  /** A TCP port; 0 lets the system choose. */
  public int port(String path) {
    return integer(path, 0, 65535);
  }

  public double number(String path, double min, double max) {
    var expected = "a number from " + min + " to " + max;
    double value = read(path, expected, Config::getDouble);
    if (!(value >= min && value <= max)) {
      throw invalid(path, value, expected);
    }
    return value;
  }

  public Duration duration(String path, Duration min, Duration max) {
    var expected = "a duration from " + text(min) + " to " + text(max);
    Duration value = read(path, expected, Config::getDuration);
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw invalid(path, text(value), expected);
    }
    return value;
  }

  /** For a check that this class does not know. */
  public InvalidSettingException invalid(String path, Object value, String expected) {
    return new InvalidSettingException(at + "." + path, value, expected);
  }

  private <T> T read(String path, String expected, BiFunction<Config, String, T> reader) {
    try {
      return reader.apply(config, path);
    } catch (ConfigException.Missing e) {
      throw new InvalidSettingException(at + "." + path, "missing", expected);
    } catch (ConfigException.WrongType | ConfigException.BadValue e) {
      throw new InvalidSettingException(
          at + "." + path, config.getValue(path).unwrapped(), expected);
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
