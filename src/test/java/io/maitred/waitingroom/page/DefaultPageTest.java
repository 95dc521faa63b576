package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;

class DefaultPageTest {
  private static final int MAX_SIZE = 15 * 1024;

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void page_isWellFormedAndSmallAndComplete(PageLanguage language) throws Exception {
    for (var sample : SampleFacts.all().entrySet()) {
      var bytes = DefaultPage.render(language, sample.getValue());
      assertTrue(bytes.length < MAX_SIZE, sample.getKey() + ": " + bytes.length);
      var page = parse(bytes);
      var html = page.getDocumentElement();
      assertEquals(language.tag(), html.getAttribute("lang"));
      assertEquals(
          EnumSet.of(PageLanguage.AR_EG, PageLanguage.FA_IR, PageLanguage.HE_IL).contains(language)
              ? "rtl"
              : "ltr",
          html.getAttribute("dir"));
      for (var element : new String[] {"title", "main", "h1", "footer", "time"}) {
        assertEquals(1, page.getElementsByTagName(element).getLength(), element);
        assertFalse(text(page, element).isBlank(), element);
      }
      var text = new String(bytes, StandardCharsets.UTF_8);
      assertFalse(Pattern.compile("\\{[01]}").matcher(text).find(), sample.getKey());
    }
  }

  @Test
  void page_asksForNothing() {
    for (var facts : SampleFacts.all().values()) {
      var page = page(facts);
      for (var word : new String[] {"src=", "@import", "url(", "fetch", "http-equiv", "<form"}) {
        assertFalse(page.contains(word), word);
      }
      assertEquals(1, page.split("href=", -1).length - 1);
      assertTrue(page.contains("href=\"data:"));
    }
  }

  @Test
  void contentSecurityPolicy_namesTheStyleAndTheScript() throws Exception {
    var page = page(SampleFacts.unknown());
    for (var element : new String[] {"style", "script"}) {
      var content =
          page.substring(
              page.indexOf("<" + element + ">") + element.length() + 2,
              page.indexOf("</" + element + ">"));
      var hash =
          Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(content.getBytes(StandardCharsets.UTF_8)));
      assertTrue(
          DefaultPage.CONTENT_SECURITY_POLICY.contains(element + "-src 'sha256-" + hash + "'"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          line | 12 minutes – You are in line
          line-long | 1 hour 35 minutes – You are in line
          unknown | You are in line
          closed | You are in line
          full | The line is full
          random | 5–15 minutes – You are in the waiting room
          event | 35 minutes – You are in line
          prequeue-order | 12 minutes – Starting soon
          rejected | Too many visitors right now
          """)
  void title_beginsWithTheFigure(String sample, String expected) throws Exception {
    var facts = SampleFacts.all().get(sample);
    assertNotNull(facts, sample);
    assertEquals(expected, text(parse(DefaultPage.render(PageLanguage.EN_US, facts)), "title"));
  }

  @Test
  void line_tellsTimeAndPeopleAhead() {
    var page = page(SampleFacts.line(12, 1234));
    assertContains(page, "<dt>Estimated waiting time</dt><dd>12 minutes</dd>");
    assertContains(page, "<dt>People ahead of you</dt><dd>about 1,300</dd>");
    assertContains(page, "This page refreshes by itself. Please keep it open.");
    assertContains(page, "You keep your place");
    assertContains(page, "Last updated: <time datetime=\"2026-11-21T09:12:05Z\">9:12:05");
  }

  @Test
  void unknown_saysSoAndNamesNoPeople() {
    var page = page(SampleFacts.unknown());
    assertContains(page, "<dd>Not available at the moment</dd>");
    assertFalse(page.contains("People ahead"));
  }

  @Test
  void full_promisesAPlaceWhenThereIsRoom() {
    var page = page(SampleFacts.full());
    assertContains(page, "You will be placed in line automatically as soon as there is room.");
    assertContains(page, "<dd>More than a day</dd>");
    assertFalse(page.contains("You keep your place"));
  }

  @Test
  void full_doesNotConcernUsersWhoseTimeIsKnown() {
    var facts =
        new QueueFacts(
            true,
            1500,
            0,
            0,
            0,
            9000,
            true,
            false,
            SampleFacts.NOW,
            20,
            QueueingMethod.FIFO,
            false,
            false,
            0,
            0,
            false,
            "",
            false);
    assertEquals(PageVariant.LINE, PageVariant.of(facts));
  }

  @Test
  void random_tellsARangeAndNoPlace() {
    var page = page(SampleFacts.random(5, 10, 15));
    assertContains(page, "Visitors are chosen at random");
    assertContains(page, "<dd>5–15 minutes</dd>");
    assertFalse(page.contains("You keep your place"));
    assertFalse(page.contains("People ahead"));
  }

  @ParameterizedTest(name = "{0}, shuffle {1}")
  @CsvSource({
    "FIFO, false, in the order in which they arrived",
    "FIFO, true, a random place in line",
    "RANDOM, false, chosen at random",
    "RANDOM, true, chosen at random",
    "PASSTHROUGH, false, The event has not started yet",
    "REJECT, false, The event has not started yet"
  })
  void prequeue_tellsTheTimeAndWhatFollows(
      QueueingMethod method, boolean shuffle, String expected) {
    var page = page(SampleFacts.prequeue(method, shuffle));
    assertContains(page, "<dt>Time until the start</dt><dd>12 minutes</dd>");
    assertContains(page, expected);
    assertContains(page, "This page refreshes by itself.");
  }

  @Test
  void rejected_doesNotRefresh() {
    var page = page(SampleFacts.rejected());
    assertContains(page, "Please try again later.");
    assertFalse(page.contains("refreshes"));
    assertFalse(page.contains("<dl>"));
  }

  @Test
  void reject_inAClosedRoomIsAnOrdinaryQueue() {
    var facts =
        new QueueFacts(
            false,
            0,
            0,
            0,
            0,
            0,
            false,
            true,
            SampleFacts.NOW,
            20,
            QueueingMethod.REJECT,
            false,
            false,
            0,
            0,
            false,
            "",
            false);
    assertEquals(PageVariant.CLOSED, PageVariant.of(facts));
  }

  @Test
  void samples_showEveryVariant() {
    var shown = EnumSet.noneOf(PageVariant.class);
    SampleFacts.all().values().forEach(facts -> shown.add(PageVariant.of(facts)));
    assertEquals(EnumSet.allOf(PageVariant.class), shown);
  }

  private static String page(QueueFacts facts) {
    return new String(DefaultPage.render(PageLanguage.EN_US, facts), StandardCharsets.UTF_8)
        .replace(' ', ' ');
  }

  private static Document parse(byte[] page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page));
  }

  private static String text(Document page, String element) {
    return page.getElementsByTagName(element).item(0).getTextContent();
  }

  private static void assertContains(String page, String part) {
    assertTrue(page.contains(part), () -> part + " in " + page);
  }
}
