package io.maitred.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The machine's Chromium, without a window, with a fresh profile. Nothing is downloaded: browser
 * and driver must be installed (on Debian the packages chromium and chromium-driver).
 */
public final class Browser implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--hide-scrollbars",
          "--lang=en-US");

  private static final String AXE = resource("/axe.min.js");

  private final Path profile;
  private final ChromeDriver driver;

  private Browser(Path profile, ChromeDriver driver) {
    this.profile = profile;
    this.driver = driver;
  }

  /**
   * Starts one; to be closed.
   *
   * @throws IllegalStateException if none is installed
   */
  public static Browser start() {
    try {
      var profile = Files.createTempDirectory("maitred-browser");
      var options = new ChromeOptions();
      options.setBinary(installed("chromium", "google-chrome").toFile());
      options.addArguments(FLAGS);
      options.addArguments("--user-data-dir=" + profile);
      var logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.ALL);
      options.setCapability("goog:loggingPrefs", logs);
      var service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(installed("chromedriver").toFile())
              .usingAnyFreePort()
              .build();
      var driver = new ChromeDriver(service, options);
      driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
      driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
      return new Browser(profile, driver);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path installed(String... names) {
    for (var folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      for (var name : names) {
        var file = Path.of(folder, name);
        if (Files.isExecutable(file)) {
          return file;
        }
      }
    }
    throw new IllegalStateException(
        "Not installed: "
            + String.join(" or ", names)
            + ". On Debian: apt-get install chromium chromium-driver");
  }

  /** Opens a page and waits until it is loaded. */
  public void open(URI uri) {
    driver.get(uri.toString());
  }

  /** The address of the page that is shown. */
  public String address() {
    return String.valueOf(driver.getCurrentUrl());
  }

  public String title() {
    return String.valueOf(driver.getTitle());
  }

  /** Text of the first element that a CSS selector matches. */
  public String text(String selector) {
    return driver.findElement(By.cssSelector(selector)).getText();
  }

  /** Value of a JavaScript expression. */
  public @Nullable Object evaluate(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** Has pages see {@code prefers-color-scheme}, and that motion is to be reduced. */
  public void colorScheme(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Size of the window's inside, in CSS pixels. */
  public void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** The time zone of the visitor. */
  public void timeZone(String zone) {
    driver.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", zone));
  }

  /** Whether the scripts of pages run. */
  public void scripts(boolean enabled) {
    driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", !enabled));
  }

  /** Forgets all cookies. */
  public void forgetCookies() {
    driver.manage().deleteAllCookies();
  }

  /** Names of the cookies that were set for the page. */
  public Set<String> cookies() {
    return driver.manage().getCookies().stream()
        .map(cookie -> cookie.getName())
        .collect(Collectors.toSet());
  }

  /** A cookie that was set for the page. */
  public Cookie cookie(String name) {
    return Objects.requireNonNull(driver.manage().getCookieNamed(name), name);
  }

  /** Opens a page in a tab of its own, which is the one that is looked at from now on. */
  public void openTab(URI uri) {
    driver.switchTo().newWindow(WindowType.TAB);
    open(uri);
  }

  /** Messages of the console since the last call, for instance of what a policy forbade. */
  public List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /**
   * What axe-core finds wrong with the page: the rules of WCAG 2.2, levels A and AA, and its best
   * practices.
   */
  public List<?> violations() {
    driver.executeScript(AXE);
    var found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
              .then(result => done(result.violations.map(violation =>
                violation.id + ': ' + violation.help + ' ' + violation.nodes.map(node => node.html))),
                failure => done(['axe failed: ' + failure]));
            """);
    return found instanceof List<?> violations ? violations : List.of("axe said nothing");
  }

  /** The inside of the window as a PNG file. */
  public void screenshot(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
    try (var files = Files.walk(profile)) {
      // what the browser deletes itself meanwhile is no concern
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      profile.toFile().deleteOnExit();
    }
  }

  private static String resource(String name) {
    try (var stream = Browser.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("Not on the class path: " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
