package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.waitingroom.model.QueueFacts;
import java.text.Normalizer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextsTest {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\d}");
  private static final Pattern PLURAL = Pattern.compile("(minutes|hours)\\..*");

  /** Signs and abbreviations only: may be the same in all languages. */
  private static final Set<String> NOT_WORDS = Set.of("range", "hoursMinutes");

  private static final Map<String, String> SCRIPTS =
      Map.ofEntries(
          Map.entry("ru-RU", "IsCyrillic"),
          Map.entry("uk-UA", "IsCyrillic"),
          Map.entry("bg-BG", "IsCyrillic"),
          Map.entry("sr-BA", "IsCyrillic"),
          Map.entry("el-GR", "IsGreek"),
          Map.entry("ar-EG", "IsArabic"),
          Map.entry("fa-IR", "IsArabic"),
          Map.entry("he-IL", "IsHebrew"),
          Map.entry("hi-IN", "IsDevanagari"),
          Map.entry("th-TH", "IsThai"),
          Map.entry("ko-KR", "IsHangul"),
          Map.entry("zh-CN", "IsHan"),
          Map.entry("zh-TW", "IsHan"),
          Map.entry("ja-JP", "IsHan}\\p{IsHiragana}\\p{IsKatakana"));

  @Test
  void languages_areThoseOfTheContract() {
    var contract =
        "en-US es-ES de-DE fr-FR it-IT ja-JP ko-KR pt-BR zh-CN zh-TW nl-NL pl-PL id-ID tr-TR ar-EG"
            + " ru-RU fa-IR bg-BG hr-HR cs-CZ da-DK fi-FI lt-LT lv-LV ms-MY nb-NO ro-RO el-GR he-IL"
            + " hi-IN hu-HU sr-BA sk-SK sl-SI sv-SE tl-PH th-TH uk-UA vi-VN";
    assertEquals(39, PageLanguage.values().length);
    for (var tag : contract.split(" ", -1)) {
      assertEquals(tag, PageLanguage.of(tag).orElseThrow().tag());
    }
  }

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void texts_haveEveryKeyAndNoOther(PageLanguage language) {
    var expected = withoutPlurals(PageLanguage.EN_US);
    for (var form : PluralRuleTest.forms(language.plurals())) {
      expected.add("minutes." + form);
      expected.add("hours." + form);
    }
    assertEquals(expected, Texts.of(language).keys());
  }

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void texts_haveThePlaceholdersOfTheEnglishOnes(PageLanguage language) {
    var texts = Texts.of(language);
    for (var key : withoutPlurals(language)) {
      assertEquals(
          placeholders(Texts.of(PageLanguage.EN_US).text(key)), placeholders(texts.text(key)), key);
    }
    for (var form : PluralRuleTest.forms(language.plurals())) {
      for (var unit : Set.of("minutes.", "hours.")) {
        var found = placeholders(texts.text(unit + form));
        // "an hour" and "two hours" may be single words
        boolean isWord = found.isEmpty() && Set.of("one", "two").contains(form);
        assertTrue(isWord || found.equals(Set.of("{0}")), unit + form);
      }
    }
    assertTrue(texts.text("updated").endsWith("{0}"));
  }

  @ParameterizedTest
  @EnumSource(value = PageLanguage.class, mode = EnumSource.Mode.EXCLUDE, names = "EN_US")
  void texts_areTranslated(PageLanguage language) {
    for (var key : withoutPlurals(language)) {
      if (!NOT_WORDS.contains(key)) {
        assertNotEquals(Texts.of(PageLanguage.EN_US).text(key), Texts.of(language).text(key), key);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void texts_areWrittenInTheScriptOfTheLanguage(PageLanguage language) {
    var script = SCRIPTS.getOrDefault(language.tag(), "IsLatin");
    var foreign = Pattern.compile("[\\p{L}&&[^\\p{" + script + "}]]");
    for (var key : Texts.of(language).keys()) {
      var text = Texts.of(language).text(key);
      // letters that belong to no script, as the long vowel sign of Japanese, are fine
      var found =
          foreign
              .matcher(text)
              .results()
              .map(result -> result.group())
              .filter(
                  letter ->
                      Character.UnicodeScript.of(letter.codePointAt(0))
                          != Character.UnicodeScript.COMMON)
              .collect(Collectors.joining());
      assertEquals("", found, key + ": " + text);
    }
  }

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void texts_areNeat(PageLanguage language) {
    for (var key : Texts.of(language).keys()) {
      var text = Texts.of(language).text(key);
      assertEquals(text.strip(), text, key);
      assertEquals(Normalizer.normalize(text, Normalizer.Form.NFC), text, key);
      assertTrue(!text.contains("  ") && !text.contains("'") && !text.contains("\""), key);
      // the marks that end sentences stand in sentences, and there only
      if (language != PageLanguage.TH_TH) {
        boolean isSentence =
            key.endsWith(".text")
                || Set.of("refresh", "place").contains(key)
                || Set.of("prequeue.order", "prequeue.shuffle").contains(key);
        assertEquals(isSentence, text.matches(".*[.。।]"), key + ": " + text);
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1} minutes")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en-US | 1 | 1 minute
          en-US | 12 | 12 minutes
          en-US | 60 | 1 hour
          en-US | 95 | 1 hour 35 minutes
          en-US | 1440 | 24 hours
          en-US | 1441 | 25 hours
          en-US | 60000 | 1,000 hours
          de-DE | 61 | 1 Stunde 1 Minute
          fr-FR | 125 | 2 heures 5 minutes
          ru-RU | 21 | 21 минута
          ru-RU | 22 | 22 минуты
          ru-RU | 12 | 12 минут
          pl-PL | 22 | 22 minuty
          pl-PL | 21 | 21 minut
          sl-SI | 2 | 2 minuti
          lv-LV | 11 | 11 minūšu
          lt-LT | 31 | 31 minutė
          ro-RO | 20 | 20 de minute
          ro-RO | 19 | 19 minute
          he-IL | 120 | שעתיים
          ar-EG | 2 | دقيقتان
          ar-EG | 3 | ٣ دقائق
          ar-EG | 83 | ساعة واحدة و٢٣ دقيقة
          fa-IR | 45 | ۴۵ دقیقه
          ja-JP | 95 | 1時間35分
          hi-IN | 75 | 1 घंटा 15 मिनट
          """)
  void duration_usesTheRightForms(String tag, long minutes, String expected) {
    assertEquals(expected, texts(tag).duration(minutes));
  }

  @ParameterizedTest(name = "{0}: {1} to {2} minutes")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          en-US | 5 | 15 | 5–15 minutes
          en-US | 0 | 1 | 0–1 minute
          en-US | 30 | 90 | 30 minutes – 1 hour 30 minutes
          fr-FR | 5 | 15 | 5 à 15 minutes
          he-IL | 5 | 15 | 5 עד 15 דקות
          ar-EG | 1 | 2 | ١ إلى ٢ دقيقة
          ar-EG | 5 | 15 | ٥ إلى ١٥ دقيقة
          """)
  void waiting_ofTheRandomMethodIsARange(String tag, long from, long to, String expected) {
    assertEquals(expected, texts(tag).waiting(SampleFacts.random(from, (from + to) / 2, to)));
  }

  @Test
  void waiting_withEqualPercentilesIsOneNumber() {
    assertEquals("1 minute", texts("en-US").waiting(SampleFacts.random(1, 1, 1)));
  }

  @ParameterizedTest(name = "{0} people")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | fewer than 10
          9 | fewer than 10
          10 | about 10
          11 | about 20
          100 | about 100
          101 | about 150
          1000 | about 1,000
          1001 | about 1,100
          1234 | about 1,300
          10000 | about 10,000
          23456 | about 24,000
          1234567 | about 1,300,000
          """)
  void about_roundsUpToTwoDigits(long people, String expected) {
    assertEquals(expected, texts("en-US").about(people));
  }

  @Test
  void about_neverShrinksWithMorePeople() {
    long before = 0;
    for (long people = 10; people < 100_000; people++) {
      long shown =
          Long.parseLong(texts("en-US").about(people).replace("about ", "").replace(",", ""));
      assertTrue(shown >= people && shown >= before, people + ": " + shown);
      before = shown;
    }
  }

  @Test
  void time_isUniversalTimeInTheCustomOfTheLanguage() {
    assertEquals("9:12:05 AM UTC", texts("en-US").time(SampleFacts.NOW).replace(' ', ' '));
    assertEquals("09:12:05 UTC", texts("de-DE").time(SampleFacts.NOW));
  }

  @Test
  void facts_ofAllKindsHaveWords() {
    for (var language : PageLanguage.values()) {
      for (QueueFacts facts : SampleFacts.all().values()) {
        assertTrue(PLACEHOLDER.matcher(Texts.of(language).waiting(facts)).results().count() == 0);
      }
    }
  }

  private static Texts texts(String tag) {
    return Texts.of(PageLanguage.of(tag).orElseThrow());
  }

  private static Set<String> withoutPlurals(PageLanguage language) {
    return Texts.of(language).keys().stream()
        .filter(key -> !PLURAL.matcher(key).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> placeholders(String text) {
    return PLACEHOLDER
        .matcher(text)
        .results()
        .map(result -> result.group())
        .collect(Collectors.toSet());
  }
}
