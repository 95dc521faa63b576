package io.maitred.waitingroom.model.config;

import java.util.List;

/** The languages of the default page. */
public final class Languages {
  /** What is used when nothing is said. */
  public static final String DEFAULT = "en-US";

  /** All of them. */
  public static final List<String> ALL =
      List.of(
          "en-US", "es-ES", "de-DE", "fr-FR", "it-IT", "ja-JP", "ko-KR", "pt-BR", "zh-CN", "zh-TW",
          "nl-NL", "pl-PL", "id-ID", "tr-TR", "ar-EG", "ru-RU", "fa-IR", "bg-BG", "hr-HR", "cs-CZ",
          "da-DK", "fi-FI", "lt-LT", "lv-LV", "ms-MY", "nb-NO", "ro-RO", "el-GR", "he-IL", "hi-IN",
          "hu-HU", "sr-BA", "sk-SK", "sl-SI", "sv-SE", "tl-PH", "th-TH", "uk-UA", "vi-VN");

  private Languages() {}
}
