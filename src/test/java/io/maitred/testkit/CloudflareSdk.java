package io.maitred.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Cloudflare's own client of the API, driven by {@code src/test/sdk/check.mjs}. It is installed
 * below {@code target} with npm, in the version that the lock file names; Node.js and npm must be
 * there.
 */
public final class CloudflareSdk {
  private static final int LIMIT_MINUTES = 5;

  private CloudflareSdk() {}

  /**
   * Runs all checks against an installation without rooms.
   *
   * @param url scheme and authority
   * @param tokenFile a token without restrictions
   * @param prefix of the paths, {@code /client/v4} or nothing
   * @throws AssertionError with the output, when one fails or npm is missing
   */
  public static void check(String url, Path tokenFile, String prefix) {
    var folder = installed();
    var output = folder.resolve("check.log");
    var environment =
        Map.of(
            "MAITRED_URL",
            url,
            "MAITRED_TOKEN_FILE",
            tokenFile.toAbsolutePath().toString(),
            "MAITRED_PREFIX",
            prefix);
    run(folder, output, environment, "node", "check.mjs");
  }

  private static synchronized Path installed() {
    var source = Path.of("src", "test", "sdk");
    var folder = Path.of("target", "sdk").toAbsolutePath();
    try {
      Files.createDirectories(folder);
      copy(source, folder, "check.mjs");
      var marker = folder.resolve("installed.json");
      var lock = Files.readString(source.resolve("package-lock.json"));
      if (Files.exists(marker) && Files.readString(marker).equals(lock)) {
        return folder;
      }
      copy(source, folder, "package.json");
      copy(source, folder, "package-lock.json");
      run(
          folder,
          folder.resolve("npm.log"),
          Map.of(),
          "npm",
          "ci",
          "--ignore-scripts",
          "--no-audit",
          "--no-fund");
      Files.writeString(marker, lock);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to, String name) throws IOException {
    Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void run(
      Path folder, Path output, Map<String, String> environment, String... command) {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CLOUDFLARE_"));
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      try {
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
          throw new AssertionError(
              String.join(" ", command) + " failed:\n" + Files.readString(output));
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new AssertionError(
          String.join(" ", command) + " cannot be run: Node.js 20 or later and npm are needed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
