package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The default page as a visitor's browser shows it. */
class QueuePageBrowserIT {
  /** {@code -Dmaitred.screenshots=docs/images} renews those of the documentation. */
  private static final Path SCREENSHOTS =
      Path.of(System.getProperty("maitred.screenshots", "target/screenshots"));

  private static Browser browser;
  private static PageServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new PageServer();
    browser = Browser.start();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void ordinaryVisitor() {
    server.reset();
    browser.scripts(true);
    browser.colorScheme("light");
    browser.timeZone("UTC");
    browser.size(900, 720);
    browser.console();
  }

  static Stream<String> samples() {
    return SampleFacts.all().keySet().stream();
  }

  static Stream<String> languages() {
    return Stream.of(PageLanguage.values()).map(PageLanguage::tag);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void page_isAccessible_lightAndDark_leftToRightAndRightToLeft(String sample) {
    for (var scheme : List.of("light", "dark")) {
      browser.colorScheme(scheme);
      for (var language : List.of("en-US", "ar-EG")) {
        browser.open(server.uri("/page/" + language + "/" + sample));
        assertEquals(List.of(), browser.violations(), scheme + " " + language);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("languages")
  void page_isAccessible_andFitsANarrowScreen_inEveryLanguage(String language) {
    browser.size(320, 480);
    browser.open(server.uri("/page/" + language + "/line-days"));
    assertEquals(List.of(), browser.violations());
    assertEquals(320L, browser.evaluate("document.documentElement.scrollWidth"));
  }

  @Test
  void accessibility_isReallyChecked() {
    browser.open(server.uri("/page/en-US/line"));
    browser.evaluate("document.querySelector('h1').style.color = '#ddd'");
    browser.evaluate("document.documentElement.lang = ''");
    assertEquals(2, browser.violations().size());
  }

  @Test
  void page_asksForNothingElse_andBreaksNoPolicy() {
    browser.open(server.uri("/page/en-US/line"));
    assertEquals(List.of(), browser.console());
    assertEquals(List.of("/page/en-US/line"), server.requests());
  }

  @Test
  void time_isThatOfTheVisitorsClock() {
    browser.timeZone("Asia/Tokyo");
    browser.open(server.uri("/page/de-DE/line"));
    assertEquals("18:12:05", browser.text("time"));
  }

  @Test
  void time_withoutScripts_isUniversal() {
    browser.scripts(false);
    browser.timeZone("Asia/Tokyo");
    browser.open(server.uri("/page/de-DE/line"));
    assertEquals("09:12:05 UTC", browser.text("time"));
  }

  @ParameterizedTest(name = "scripts: {0}")
  @CsvSource({"true", "false"})
  void page_refreshesByItself_untilTheVisitorIsAdmitted(boolean scripts) {
    browser.scripts(scripts);
    browser.open(server.uri("/shop"));
    assertEquals("You are in line", browser.text("h1"));
    Await.until("admitted", Duration.ofSeconds(60), () -> browser.title().equals("Shop"));
    assertEquals("Welcome to the shop", browser.text("h1"));
    assertEquals(3, server.visits());
    assertEquals(server.uri("/shop").toString(), browser.address());
  }

  @Test
  void colors_followTheVisitorsWish() {
    browser.open(server.uri("/page/en-US/line"));
    var light = background();
    browser.colorScheme("dark");
    var dark = background();
    assertTrue(brightness(light) > 200 && brightness(dark) < 60, light + " " + dark);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "waiting-room-light, light, en-US, line",
    "waiting-room-dark, dark, en-US, line",
    "waiting-room-arabic, light, ar-EG, line-long",
    "waiting-room-reject, light, en-US, rejected",
    "waiting-room-prequeue, dark, de-DE, prequeue-shuffle"
  })
  void screenshots(String name, String scheme, String language, String sample) {
    browser.size(760, 640);
    browser.colorScheme(scheme);
    browser.open(server.uri("/page/" + language + "/" + sample));
    var file = SCREENSHOTS.resolve(name + ".png");
    browser.screenshot(file);
    assertTrue(file.toFile().length() > 1000);
  }

  private static String background() {
    return String.valueOf(browser.evaluate("getComputedStyle(document.body).backgroundColor"));
  }

  /** The red part of {@code rgb(244, 242, 238)}. */
  private static int brightness(String color) {
    return Integer.parseInt(color.replaceAll("rgb\\((\\d+),.*", "$1"));
  }
}
