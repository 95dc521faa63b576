package io.maitred.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.maitred.common.RefusedException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  record Sample(String serviceId, Instant startedAt) {}

  @Test
  void numbers_keepTheirKindOnTheRoundTrip() {
    var text =
        "{\"a\":1.0,\"b\":1,\"c\":3000000000,\"d\":12345678901234567890,\"e\":null,\"f\":[0.1]}";

    var tree = JsonBody.parseObject(text.getBytes(UTF_8));

    assertEquals(1.0, tree.get("a"));
    assertEquals(1, tree.get("b"));
    assertEquals(3000000000L, tree.get("c"));
    assertEquals(text, JsonBody.text(tree));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "7",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{'a':1}"
      })
  void documents_thatAreNoObject_areRefused(String text) {
    assertRefused(text);
  }

  @Test
  void depth_isLimited() {
    assertRefused("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}");
  }

  @Test
  void written_values_followTheConventions() {
    var nil = new HashMap<Object, Object>();
    nil.put(null, 1);

    assertEquals(
        "[\"NaN\",{\"_nil_\":1},{\"leader?\":\"a/b>c\"},"
            + "{\"service-id\":\"s\",\"started-at\":\"2024-01-31T10:20:30.123Z\"}]",
        JsonBody.text(
            List.of(
                Double.NaN,
                nil,
                Map.of("leader?", "a/b>c"),
                new Sample("s", Instant.parse("2024-01-31T10:20:30.123456Z")))));
    assertEquals("[null]", JsonBody.text(Arrays.asList((Object) null)));
    assertEquals("1970-01-01T00:00:00.000Z", JsonBody.iso(Instant.EPOCH));
  }

  private static void assertRefused(String text) {
    var refused =
        assertThrows(
            RefusedException.class, () -> JsonBody.parseObject(text.getBytes(UTF_8)), text);
    assertEquals(400, refused.refusal().status());
    assertEquals("Invalid JSON payload", refused.refusal().message());
  }
}
