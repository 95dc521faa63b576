package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The page of rooms that have none of their own. It needs nothing from elsewhere, because whatever
 * lies under a covered path would be queued itself, not even an icon; and no script, but one turns
 * the time into that of the visitor's clock.
 *
 * <p>It does not load itself again by a script: the {@code Refresh} header does that in every
 * browser, is not slowed down when the tab is in the background, and cannot ask too early.
 *
 * <p>All but the figures is encoded once, so that a page costs a few copies of bytes.
 */
final class DefaultPage {
  private static final String STYLE = resource("page.css");
  private static final String SCRIPT = resource("page.js");
  private static final String PICTURE = resource("picture.svg");

  /** A small picture for the tab, so that the browser does not ask for one. */
  private static final String ICON =
      "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
          + "%3Ccircle cx='8' cy='8' r='8' fill='%2317616b'/%3E"
          + "%3Cpath d='M8 4v4l3 2' fill='none' stroke='white' stroke-width='1.6'"
          + " stroke-linecap='round'/%3E%3C/svg%3E";

  /** No frame-ancestors: a site that shows itself in frames shows its queue there, too. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src '"
          + hash(STYLE)
          + "'; script-src '"
          + hash(SCRIPT)
          + "'; img-src data:; base-uri 'none'; form-action 'none'";

  private static final byte[] HEAD =
      utf8(
          "</title>\n<link rel=\"icon\" href=\""
              + ICON
              + "\"/>\n<style>"
              + STYLE
              + "</style>\n</head>\n<body>\n<main>\n"
              + PICTURE);
  private static final byte[] TAIL =
      utf8("</time></p>\n</footer>\n</main>\n<script>" + SCRIPT + "</script>\n</body>\n</html>\n");

  /** What is the same for all users: up to the title, the text, the notes below the figures. */
  private static final class Frame {
    final byte[] start;
    final byte[] text;
    final byte[] notes;

    Frame(String start, String text, String notes) {
      this.start = utf8(start);
      this.text = utf8(text);
      this.notes = utf8(notes);
    }
  }

  private static final Map<PageLanguage, Map<PageVariant, Frame>> FRAMES = frames();

  private DefaultPage() {}

  /** Reads all languages now and not when the first visitor comes. */
  static void load() {
    LoggerFactory.getLogger(DefaultPage.class).debug("{} languages", FRAMES.size());
  }

  /** The page, as UTF-8. */
  static byte[] render(PageLanguage language, QueueFacts facts) {
    var texts = Texts.of(language);
    var variant = PageVariant.of(facts);
    var frame = frame(language, variant);
    var out = new ByteArrayOutputStream(8 * 1024);
    out.writeBytes(frame.start);
    out.writeBytes(utf8(title(texts, variant, facts)));
    out.writeBytes(HEAD);
    out.writeBytes(frame.text);
    out.writeBytes(utf8(figures(texts, variant, facts)));
    out.writeBytes(frame.notes);
    var updated = facts.lastUpdated().truncatedTo(ChronoUnit.SECONDS);
    out.writeBytes(utf8("<time datetime=\"" + updated + "\">" + texts.time(updated)));
    out.writeBytes(TAIL);
    return out.toByteArray();
  }

  /** The figure first: it is what can be read off a tab in the background. */
  private static String title(Texts texts, PageVariant variant, QueueFacts facts) {
    var headline = texts.text(variant.title());
    if (variant.refreshes() && facts.isEventPrequeueing() && facts.timeUntilEventStart() > 0) {
      return texts.duration(facts.timeUntilEventStart()) + " – " + headline;
    }
    return facts.waitTimeKnown() ? texts.waiting(facts) + " – " + headline : headline;
  }

  private static String figures(Texts texts, PageVariant variant, QueueFacts facts) {
    return switch (variant) {
      case REJECTED -> "";
      case PREQUEUE, PREQUEUE_ORDER, PREQUEUE_SHUFFLE, PREQUEUE_RANDOM ->
          "<dl>"
              + figure(
                  texts.text("start"), texts.duration(Math.max(1, facts.timeUntilEventStart())))
              + "</dl>\n";
      case FULL -> "<dl>" + figure(texts.text("wait"), texts.text("day")) + "</dl>\n";
      case CLOSED, RANDOM, EVENT, LINE ->
          "<dl>"
              + figure(
                  texts.text("wait"),
                  facts.waitTimeKnown() ? texts.waiting(facts) : texts.text("unavailable"))
              + ahead(texts, variant, facts)
              + "</dl>\n";
    };
  }

  private static String ahead(Texts texts, PageVariant variant, QueueFacts facts) {
    return variant.keepsPlaces() && facts.usersAhead() > 0
        ? figure(texts.text("ahead"), texts.about(facts.usersAhead()))
        : "";
  }

  private static String figure(String label, String value) {
    return "<div><dt>" + label + "</dt><dd>" + value + "</dd></div>";
  }

  private static Frame frame(PageLanguage language, PageVariant variant) {
    var frame = FRAMES.getOrDefault(language, Map.of()).get(variant);
    if (frame == null) {
      throw new IllegalArgumentException("No page: " + language + " " + variant);
    }
    return frame;
  }

  private static Map<PageLanguage, Map<PageVariant, Frame>> frames() {
    var all = new EnumMap<PageLanguage, Map<PageVariant, Frame>>(PageLanguage.class);
    for (var language : PageLanguage.values()) {
      var ofLanguage = new EnumMap<PageVariant, Frame>(PageVariant.class);
      for (var variant : PageVariant.values()) {
        ofLanguage.put(variant, newFrame(language, variant));
      }
      all.put(language, ofLanguage);
    }
    return all;
  }

  private static Frame newFrame(PageLanguage language, PageVariant variant) {
    var texts = Texts.of(language);
    var start =
        "<!DOCTYPE html>\n<html lang=\""
            + language.tag()
            + "\" dir=\""
            + (language.isRightToLeft() ? "rtl" : "ltr")
            + "\">\n<head>\n<meta charset=\"utf-8\"/>\n"
            + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>";
    var text = new StringBuilder();
    text.append("<h1>").append(texts.text(variant.title())).append("</h1>\n");
    variant.texts().forEach(key -> paragraph(text, texts.text(key)));
    var notes = new StringBuilder("<footer>\n");
    if (variant.refreshes()) {
      paragraph(notes, texts.text("refresh"));
    }
    if (variant.keepsPlaces()) {
      paragraph(notes, texts.text("place"));
    }
    notes.append("<p>").append(texts.text("updated").replace("{0}", ""));
    return new Frame(start, text.toString(), notes.toString());
  }

  private static void paragraph(StringBuilder out, String text) {
    out.append("<p>").append(text).append("</p>\n");
  }

  private static String resource(String name) {
    try (var stream = DefaultPage.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("Not on the class path: " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** The source expression of a Content Security Policy for an inline style or script. */
  private static String hash(String content) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(utf8(content));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
