package io.maitred.demo;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The command line of the demo service.
 *
 * @param hostname address to listen on
 * @param startUpSleep how long it waits before it listens
 * @param healthCheckAuthentication whether {@code /status} needs the password too
 * @param logOutput {@code stdout}, {@code stderr}, {@code file}, or {@code none}
 */
record DemoOptions(
    int port,
    String hostname,
    Duration startUpSleep,
    boolean healthCheckAuthentication,
    String logOutput) {

  static final String USAGE =
      """
      Usage: maitred-demo-service [options]
        -p, --port N                          port to listen on (8080)
            --hostname ADDRESS                address to listen on (the variable WAITER_HOST, else 127.0.0.1)
            --start-up-sleep-ms N             wait so long before listening (0)
            --enable-health-check-authentication
                                              /status needs the password too
            --log-output stdout|stderr|file   where to log requests (nowhere); file: demo-service.log in MESOS_SANDBOX
      """;

  private static final List<String> OUTPUTS = List.of("none", "stdout", "stderr", "file");

  /**
   * @throws IllegalArgumentException if an option is unknown or its value is wrong
   */
  static DemoOptions parse(List<String> arguments, Map<String, String> environment) {
    int port = 8080;
    var hostname = environment.getOrDefault("WAITER_HOST", "127.0.0.1");
    long sleep = 0;
    boolean authentication = false;
    var output = "none";
    var rest = arguments.iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "-p", "--port" -> port = (int) number(option, value(option, rest), 65535);
        case "--hostname" -> hostname = value(option, rest);
        case "--start-up-sleep-ms" ->
            sleep = number(option, value(option, rest), Integer.MAX_VALUE);
        case "--enable-health-check-authentication" -> authentication = true;
        case "--log-output" -> output = value(option, rest);
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    if (!OUTPUTS.contains(output)) {
      throw new IllegalArgumentException(
          "--log-output: " + output + " (expected: stdout, stderr or file)");
    }
    return new DemoOptions(port, hostname, Duration.ofMillis(sleep), authentication, output);
  }

  private static String value(String option, java.util.Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + ": no value (expected: one)");
    }
    return rest.next();
  }

  private static long number(String option, String text, long max) {
    var message = option + ": " + text + " (expected: an integer from 0 to " + max + ")";
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(message, e);
    }
    throw new IllegalArgumentException(message);
  }
}
