package io.maitred.demo.crowd;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the crowd.
 *
 * @param url where the front end listens, with the path to visit
 * @param host value of the Host header
 * @param visitors how many come in all
 * @param arrival how long it takes until all have come; they are spread evenly
 * @param duration when to end; the clock starts with the first visitor
 * @param stay how long a visitor uses the application after it was let in
 * @param pages pause between two page views of a visitor that was let in
 * @param status URL of the room's status in the API; null: not asked
 * @param tokenFile file with the API's bearer token; needed with {@code status}
 * @param table pause between two lines of the table
 */
record CrowdOptions(
    URI url,
    String host,
    int visitors,
    Duration arrival,
    Duration duration,
    Duration stay,
    Duration pages,
    @Nullable URI status,
    @Nullable Path tokenFile,
    Duration table) {

  static final String USAGE =
      """
      Usage: maitred-crowd --url URL --host NAME [options]
            --url URL           front end and path, as http://127.0.0.1:9091/
            --host NAME         the site that is visited: value of the Host header
            --visitors N        how many come in all (100)
            --arrival SECONDS   until all have come, evenly spread (30)
            --duration SECONDS  when to end (60)
            --stay SECONDS      how long each uses the site (20)
            --pages SECONDS     between two page views of one visitor (5)
            --status URL        status of the room in the API, for the table
            --token-file FILE   bearer token of the API
            --table SECONDS     between two lines of the table (5)
      """;

  /**
   * @throws IllegalArgumentException if an option is unknown, missing or wrong
   */
  static CrowdOptions parse(List<String> arguments) {
    URI url = null;
    String host = null;
    int visitors = 100;
    var arrival = Duration.ofSeconds(30);
    var duration = Duration.ofSeconds(60);
    var stay = Duration.ofSeconds(20);
    var pages = Duration.ofSeconds(5);
    URI status = null;
    Path tokenFile = null;
    var table = Duration.ofSeconds(5);
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--url" -> url = uri(option, rest);
        case "--host" -> host = value(option, rest);
        case "--visitors" -> visitors = (int) number(option, rest, 1, 1_000_000);
        case "--arrival" -> arrival = Duration.ofSeconds(number(option, rest, 0, 86_400));
        case "--duration" -> duration = Duration.ofSeconds(number(option, rest, 1, 86_400));
        case "--stay" -> stay = Duration.ofSeconds(number(option, rest, 0, 86_400));
        case "--pages" -> pages = Duration.ofSeconds(number(option, rest, 1, 86_400));
        case "--status" -> status = uri(option, rest);
        case "--token-file" -> tokenFile = Path.of(value(option, rest));
        case "--table" -> table = Duration.ofSeconds(number(option, rest, 1, 86_400));
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    if (url == null || host == null) {
      throw new IllegalArgumentException("--url and --host are needed");
    }
    if (status != null && tokenFile == null) {
      throw new IllegalArgumentException("--status needs --token-file");
    }
    return new CrowdOptions(
        url, host, visitors, arrival, duration, stay, pages, status, tokenFile, table);
  }

  private static URI uri(String option, Iterator<String> rest) {
    var text = value(option, rest);
    var message = option + ": " + text + " (expected: an absolute http URL)";
    try {
      var uri = URI.create(text);
      if (uri.getHost() != null && "http".equals(uri.getScheme().toLowerCase(Locale.ROOT))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(message, e);
    }
    throw new IllegalArgumentException(message);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + ": no value (expected: one)");
    }
    return rest.next();
  }

  private static long number(String option, Iterator<String> rest, long min, long max) {
    var text = value(option, rest);
    var message = option + ": " + text + " (expected: an integer from " + min + " to " + max + ")";
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(message, e);
    }
    throw new IllegalArgumentException(message);
  }
}
