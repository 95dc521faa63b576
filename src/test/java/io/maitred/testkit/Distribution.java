package io.maitred.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The built distribution, and commands of services that tests start. */
public final class Distribution {
  private Distribution() {}

  /** Folder with {@code bin}, {@code lib} and {@code conf}. */
  public static Path home() {
    var home =
        Path.of(System.getProperty("maitred.distribution", "target/maitred-0.1.0/maitred-0.1.0"))
            .toAbsolutePath();
    if (!Files.isExecutable(home.resolve("bin/maitred"))) {
      throw new AssertionError(
          "no distribution at " + home + "; build it: mvn package -DskipTests");
    }
    return home;
  }

  /** Shell command of the project's demo service. */
  public static String demoCommand() {
    return "exec " + home().resolve("bin/maitred-demo-service") + " -p $PORT0";
  }

  /** Shell command of {@link WitnessService} that writes its record into a folder. */
  public static String witnessCommand(Path record) {
    return "exec "
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + " -Xmx48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "
        + testClasses()
        + " "
        + WitnessService.class.getName()
        + " $PORT0 "
        + record;
  }

  private static Path testClasses() {
    try {
      return Path.of(
          WitnessService.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Headers that describe a service with this command. */
  public static Map<String, String> service(String command, String name) {
    return Http.headers(
        "x-waiter-cmd", command,
        "x-waiter-name", name,
        "x-waiter-cpus", "0.1",
        "x-waiter-mem", "512",
        "x-waiter-version", "1");
  }
}
