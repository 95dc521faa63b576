package io.maitred.waitingroom.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AcceptLanguageTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          no header | - | de-DE
          exactly | fr-FR | fr-FR
          language only | fr | fr-FR
          letter case | FR-fr | fr-FR
          another country | es-MX | es-ES
          European Portuguese | pt-PT,pt;q=0.9 | pt-BR
          the first of a browser's list | it-IT,it;q=0.8,en-US;q=0.5,en;q=0.3 | it-IT
          the heaviest | en;q=0.5, nl;q=0.9, fr;q=0.7 | nl-NL
          equal weights: the first | pl, cs | pl-PL
          unknown languages are passed over | eo, ga;q=0.9, fi;q=0.1 | fi-FI
          nothing known | eo, tlh | de-DE
          any | * | de-DE
          any but | eo, *;q=0.5, en;q=0.3 | de-DE
          not wanted | fr;q=0, en;q=0.1 | en-US
          not wanted at all | fr;q=0 | de-DE
          nonsense weights are no wish | fr;q=abc, sv;q=0.2 | sv-SE
          weight above one | fr;q=7, sv | sv-SE
          blanks | ' da ; q=0.8 , nb;q=0.9 ' | nb-NO
          simplified | zh-Hans-HK | zh-CN
          traditional | zh-Hant | zh-TW
          Hong Kong | zh-HK | zh-TW
          Chinese | zh | zh-CN
          Norwegian | no | nb-NO
          Nynorsk | nn-NO | nb-NO
          Filipino | fil-PH | tl-PH
          Hebrew's old name | iw | he-IL
          Indonesian's old name | in | id-ID
          Serbian in Latin script | sr-Latn-RS | sr-BA
          empty ranges | ',,;q=1,,ko' | ko-KR
          only dashes | '---' | de-DE
          """)
  void choose(String name, String header, String expected) {
    var chosen = AcceptLanguage.choose(header == null ? "" : header, PageLanguage.DE_DE);
    assertEquals(expected, chosen.tag(), name);
  }

  @ParameterizedTest
  @EnumSource(PageLanguage.class)
  void choose_everyLanguageCanBeHad(PageLanguage language) {
    assertEquals(language, AcceptLanguage.choose(language.tag(), PageLanguage.EN_US));
  }

  @Test
  void choose_abusiveHeaders_areReadInPart() {
    assertEquals(
        PageLanguage.EN_US, AcceptLanguage.choose("x".repeat(1 << 20) + ",fr", PageLanguage.EN_US));
    assertEquals(
        PageLanguage.EN_US,
        AcceptLanguage.choose("eo,".repeat(1 << 10) + "fr", PageLanguage.EN_US));
  }
}
