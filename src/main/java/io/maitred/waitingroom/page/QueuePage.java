package io.maitred.waitingroom.page;

import akka.util.ByteString;
import java.util.Optional;

/**
 * A page for a user who waits.
 *
 * @param html the whole document, in UTF-8
 * @param language of the default page; empty for an operator's page, whose language nobody knows
 * @param contentSecurityPolicy value of the header of that name which belongs to the page; empty
 *     for an operator's page, which may use what it likes
 */
public record QueuePage(
    ByteString html, Optional<PageLanguage> language, Optional<String> contentSecurityPolicy) {

  static QueuePage ofDefault(PageLanguage language, byte[] html) {
    return new QueuePage(
        ByteString.fromArrayUnsafe(html),
        Optional.of(language),
        Optional.of(DefaultPage.CONTENT_SECURITY_POLICY));
  }

  static QueuePage ofTemplate(String html) {
    return new QueuePage(ByteString.fromString(html), Optional.empty(), Optional.empty());
  }

  /** Whether it is the operator's page, not the default one. */
  public boolean isCustom() {
    return language.isEmpty();
  }
}
