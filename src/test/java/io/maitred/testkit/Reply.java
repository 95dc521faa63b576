package io.maitred.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer.
 *
 * @param headers names ignore case
 */
public record Reply(int status, Map<String, List<String>> headers, String text) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Reply {
    var byName = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    headers = byName;
  }

  /** The body as JSON; fails the test when it is not. */
  public JsonNode json() {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + this, e);
    }
  }

  /** First value of a header. */
  public @Nullable String header(String name) {
    var values = headers.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  /** The message of an error in JSON form. */
  public String errorMessage() {
    return json().at("/waiter-error/message").asText();
  }

  @Override
  public String toString() {
    return status + " " + headers + " " + text.substring(0, Math.min(2_000, text.length()));
  }
}
