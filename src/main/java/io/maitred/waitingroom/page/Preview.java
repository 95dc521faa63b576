package io.maitred.waitingroom.page;

import io.maitred.waitingroom.model.QueueFacts;
import java.time.Instant;
import java.util.Map;

/**
 * What the preview of a template shows, as its query parameters say (contract waiting room 24.7).
 * Parameters that are not known are ignored.
 */
public sealed interface Preview {
  /** The template, with these facts. */
  record Queue(QueueFacts facts) implements Preview {}

  /** Nobody would wait: a page that stands for the site. */
  record Welcome() implements Preview {}

  /** A parameter is not valid; the message says which. */
  record Invalid(String message) implements Preview {}

  /**
   * What to show.
   *
   * @param query names and values of the query parameters
   * @param now when the pretended user was seen
   */
  static Preview of(Map<String, String> query, Instant now) {
    return PreviewParameters.read(query, now);
  }
}
