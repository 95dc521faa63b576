package io.maitred.http;

import java.util.Map;

/**
 * Where users of this installation find help; shown on the welcome page and with every error.
 *
 * @param label text of the link
 * @param type {@code url} or {@code email}
 * @param value the address
 */
public record SupportLink(String label, String type, String value) {

  /** What a browser opens. */
  String href() {
    return type.equals("email") ? "mailto:" + value : value;
  }

  /** As the API shows it: {@code {"label", "link": {"type", "value"}}}. */
  public Map<String, Object> json() {
    return Map.of("label", label, "link", Map.of("type", type, "value", value));
  }
}
