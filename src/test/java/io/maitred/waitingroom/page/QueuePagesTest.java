package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.CookieAttributes;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.model.config.RoomConfig;
import io.maitred.waitingroom.model.config.TurnstileAction;
import io.maitred.waitingroom.model.config.TurnstileMode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class QueuePagesTest {
  private static final QueueFacts FACTS = SampleFacts.line(12, 100);
  private static final String LARGE = "{{waitTime}}" + " ".repeat(QueuePages.SMALL);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private long now;
  private long tick;

  private final QueuePages pages =
      new QueuePages(
          new PageSettings(Duration.ofMillis(250), 100_000, 3, 2, Duration.ofSeconds(10), 1 << 20),
          tasks::add,
          () -> now += tick,
          registry);

  @Test
  void noTemplate_isTheDefaultPageAtOnce() {
    var page = done(render("", "de-DE"));
    assertEquals(PageLanguage.DE_DE, page.language().orElseThrow());
    assertFalse(page.isCustom());
    assertTrue(page.contentSecurityPolicy().orElseThrow().startsWith("default-src 'none'"));
    assertTrue(page.html().utf8String().contains("lang=\"de-DE\""));
    assertEquals(1, count("default"));
  }

  @Test
  void acceptLanguage_beatsTheLanguageOfTheRoom() {
    var page = done(pages.render(room("de-DE"), effective(""), FACTS, "fr-CA, en;q=0.3"));
    assertEquals(PageLanguage.FR_FR, page.language().orElseThrow());
  }

  @Test
  void smallTemplate_isRenderedAtOnce() {
    var page = done(render("<p>{{waitTime}} {{waitTimeHours}}", "en-US"));
    assertEquals("<p>12 0", page.html().utf8String());
    assertTrue(page.isCustom() && page.contentSecurityPolicy().isEmpty());
    assertTrue(tasks.isEmpty());
    assertEquals(1, count("custom"));
  }

  @Test
  void allFieldsOfTheJsonAnswer_areVariables() {
    FACTS
        .json()
        .forEach(
            (name, value) -> {
              var page = done(render("{{{" + name + "}}}", "en-US"));
              assertEquals(value.toString(), page.html().utf8String(), name);
            });
  }

  @Test
  void largeTemplate_isRenderedByAThreadOfItsOwn() {
    var page = render(LARGE, "en-US");
    assertFalse(page.toCompletableFuture().isDone());
    tasks.remove().run();
    assertTrue(done(page).html().utf8String().startsWith("12 "));
  }

  @Test
  void largeTemplate_onlySoManyWait_ofOneAndInAll() {
    var first = List.of(render(LARGE, "en-US"), render(LARGE, "en-US"));
    assertFalse(done(render(LARGE, "en-US")).isCustom(), "a third one of the same template");
    var other = render(LARGE + " ", "en-US");
    assertFalse(done(render(LARGE + "  ", "en-US")).isCustom(), "a fourth one in all");
    assertEquals(2, count("failed-busy"));
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    first.forEach(page -> assertTrue(done(page).isCustom()));
    assertTrue(done(other).isCustom());
    var next = render(LARGE, "en-US");
    tasks.remove().run();
    assertTrue(done(next).isCustom(), "there is room again");
  }

  @Test
  void largeTemplate_thatWaitedTooLong_isTheDefaultPageButNotSetAside() {
    var page = render(LARGE, "en-US");
    now += SECOND;
    tasks.remove().run();
    assertFalse(done(page).isCustom());
    assertEquals(1, count("failed-busy"));
    var next = render(LARGE, "en-US");
    tasks.remove().run();
    assertTrue(done(next).isCustom());
  }

  @Test
  void slowTemplate_isTheDefaultPage_andSetAsideForAWhile() {
    var slow = "{{nothing}}".repeat(100);
    tick = SECOND / 100;
    assertFalse(done(render(slow, "en-US")).isCustom());
    assertEquals(1, count("failed-time"));
    tick = 0;
    assertFalse(done(render(slow, "en-US")).isCustom());
    assertEquals(1, count("failed-set-aside"));
    assertTrue(done(render("{{waitTime}}", "en-US")).isCustom(), "others do not suffer");
    now += 11 * SECOND;
    assertTrue(done(render(slow, "en-US")).isCustom());
  }

  @Test
  void templateThatGrows_isTheDefaultPage() {
    var bomb = "{{{lastUpdated}}}".repeat(6000);
    var page = render(bomb, "en-US");
    tasks.remove().run();
    assertFalse(done(page).isCustom());
    assertEquals(1, count("failed-size"));
  }

  @Test
  void invalidTemplate_isTheDefaultPage() {
    assertFalse(done(render("{{#a}}", "fi-FI")).isCustom());
    assertEquals(1, count("failed-invalid"));
  }

  @Test
  void unknownLanguage_isEnglish() {
    assertEquals(PageLanguage.EN_US, done(render("", "xx-XX")).language().orElseThrow());
  }

  @Test
  void preview_isTheTemplate() {
    assertEquals("12", done(pages.preview("{{waitTime}}", FACTS)).html().utf8String());
  }

  @Test
  void welcome_saysWelcome() {
    assertTrue(QueuePages.welcome().html().utf8String().contains("<h1>Welcome</h1>"));
  }

  @Test
  void settings_ofTheShippedConfiguration_areValid() {
    var settings = PageSettings.from(ConfigFactory.load());
    assertEquals(Duration.ofMillis(250), settings.renderingBudget());
    assertEquals(4 << 20, settings.maxOutput());
  }

  @Test
  void cache_keepsTheTemplatesUsedLast() {
    var cache = new TemplateCache(10_000);
    var first = cache.entry("a".repeat(3000));
    cache.entry("b".repeat(3000));
    assertEquals(first, cache.entry("a".repeat(3000)));
    cache.entry("c".repeat(3000));
    assertEquals(2, cache.size());
    assertEquals(first, cache.entry("a".repeat(3000)));
    cache.entry("d".repeat(1 << 20));
    assertEquals(1, cache.size(), "one is kept however large it is");
  }

  private CompletionStage<QueuePage> render(String template, String language) {
    return pages.render(room(language), effective(template), FACTS, "");
  }

  private static QueuePage done(CompletionStage<QueuePage> page) {
    assertTrue(page.toCompletableFuture().isDone());
    return page.toCompletableFuture().join();
  }

  private int count(String kind) {
    return (int) registry.counter("maitred.waiting.room.pages", "kind", kind).count();
  }

  private static EffectiveConfig effective(String template) {
    return new EffectiveConfig(
        new RoomId("0".repeat(32)),
        1,
        false,
        false,
        null,
        false,
        200,
        200,
        5,
        true,
        QueueingMethod.FIFO,
        false,
        template);
  }

  private static Room room(String language) {
    return new Room(
        new RoomId("0".repeat(32)),
        "1".repeat(32),
        1,
        SampleFacts.NOW,
        SampleFacts.NOW,
        new RoomConfig(
            "shop",
            "",
            "shop.example.com",
            "/",
            List.of(),
            "",
            CookieAttributes.DEFAULT,
            200,
            200,
            5,
            false,
            false,
            false,
            false,
            QueueingMethod.FIFO,
            200,
            "",
            language,
            List.of(),
            TurnstileMode.OFF,
            TurnstileAction.LOG),
        List.of(),
        List.of());
  }
}
