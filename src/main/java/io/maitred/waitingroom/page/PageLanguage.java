package io.maitred.waitingroom.page;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The languages of the default page (contract waiting room 23.3). */
public enum PageLanguage {
  EN_US("en-US", PluralRule.ONE),
  ES_ES("es-ES", PluralRule.ONE),
  DE_DE("de-DE", PluralRule.ONE),
  FR_FR("fr-FR", PluralRule.ONE),
  IT_IT("it-IT", PluralRule.ONE),
  JA_JP("ja-JP", PluralRule.NONE),
  KO_KR("ko-KR", PluralRule.NONE),
  PT_BR("pt-BR", PluralRule.ONE),
  ZH_CN("zh-CN", PluralRule.NONE),
  ZH_TW("zh-TW", PluralRule.NONE),
  NL_NL("nl-NL", PluralRule.ONE),
  PL_PL("pl-PL", PluralRule.POLISH),
  ID_ID("id-ID", PluralRule.NONE),
  TR_TR("tr-TR", PluralRule.ONE),
  AR_EG("ar-EG", PluralRule.ARABIC),
  RU_RU("ru-RU", PluralRule.EAST_SLAVIC),
  FA_IR("fa-IR", PluralRule.ONE),
  BG_BG("bg-BG", PluralRule.ONE),
  HR_HR("hr-HR", PluralRule.EAST_SLAVIC),
  CS_CZ("cs-CZ", PluralRule.CZECH),
  DA_DK("da-DK", PluralRule.ONE),
  FI_FI("fi-FI", PluralRule.ONE),
  LT_LT("lt-LT", PluralRule.LITHUANIAN),
  LV_LV("lv-LV", PluralRule.LATVIAN),
  MS_MY("ms-MY", PluralRule.NONE),
  NB_NO("nb-NO", PluralRule.ONE),
  RO_RO("ro-RO", PluralRule.ROMANIAN),
  EL_GR("el-GR", PluralRule.ONE),
  HE_IL("he-IL", PluralRule.HEBREW),
  HI_IN("hi-IN", PluralRule.ONE),
  HU_HU("hu-HU", PluralRule.ONE),
  SR_BA("sr-BA", PluralRule.EAST_SLAVIC),
  SK_SK("sk-SK", PluralRule.CZECH),
  SL_SI("sl-SI", PluralRule.SLOVENIAN),
  SV_SE("sv-SE", PluralRule.ONE),
  TL_PH("tl-PH", PluralRule.NONE),
  TH_TH("th-TH", PluralRule.NONE),
  UK_UA("uk-UA", PluralRule.EAST_SLAVIC),
  VI_VN("vi-VN", PluralRule.NONE);

  private static final Map<String, PageLanguage> BY_TAG =
      Arrays.stream(values()).collect(Collectors.toMap(PageLanguage::tag, Function.identity()));

  private final String tag;
  private final Locale locale;
  private final PluralRule plurals;

  PageLanguage(String tag, PluralRule plurals) {
    this.tag = tag;
    this.locale = Locale.forLanguageTag(tag);
    this.plurals = plurals;
  }

  /** The language with exactly this tag. */
  public static Optional<PageLanguage> of(String tag) {
    return Optional.ofNullable(BY_TAG.get(tag));
  }

  /** Language and country as operators and HTML write them, for instance {@code en-US}. */
  public String tag() {
    return tag;
  }

  Locale locale() {
    return locale;
  }

  PluralRule plurals() {
    return plurals;
  }

  boolean isRightToLeft() {
    return this == AR_EG || this == FA_IR || this == HE_IL;
  }
}
