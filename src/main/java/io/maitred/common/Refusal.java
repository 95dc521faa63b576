package io.maitred.common;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that is answered with an error on purpose: what the client is told and why.
 *
 * @param status the HTTP status, 400 to 599
 * @param message human text, possibly of several lines
 * @param details the error's data ({@code error-class}, {@code service-id}, ...), in the order of
 *     display
 * @param headers extra response headers
 */
public record Refusal(
    int status, String message, Map<String, Object> details, Map<String, String> headers)
    implements CborSerializable {

  public Refusal {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 400 to 599)");
    }
    details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(details));
    headers = Map.copyOf(headers);
  }

  public static Refusal of(int status, String message) {
    return new Refusal(status, message, Map.of(), Map.of());
  }

  /** With one more detail; an existing one of the same name is replaced. */
  public Refusal with(String name, Object value) {
    var more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new Refusal(status, message, more, headers);
  }

  /**
   * With {@code details.error-class}, a name of contract section 1.10 such as {@code
   * waiter.Suspended}.
   */
  public Refusal errorClass(String name) {
    return with("error-class", name);
  }

  /** As an exception, for the places where a refusal travels through a future. */
  public RefusedException asException() {
    return new RefusedException(this);
  }
}
