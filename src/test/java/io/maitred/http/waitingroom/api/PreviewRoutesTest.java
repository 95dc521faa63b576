package io.maitred.http.waitingroom.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.waitingroom.model.config.KnownZones;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewRoutesTest {
  private static final String TEMPLATE =
      "{'custom_html': '<p>{{waitTimeFormatted}}{{#queueIsFull}} full{{/queueIsFull}}</p>'}";

  private RoomApiFixture api;

  @BeforeEach
  void start() {
    api = new RoomApiFixture();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private String url() {
    return api.rooms("POST", "/preview", TEMPLATE).result().path("preview_url").asText();
  }

  private RoomApiFixture.Answer show(String target) {
    return api.send(RoomApiFixture.request("GET", target));
  }

  @Test
  void url_isTheOneOfTheRequest() {
    assertTrue(url().matches("http://localhost:9091/preview/[0-9a-f-]{36}"), url());
    var forwarded =
        api.send(
            RoomApiFixture.request(
                    "POST", "/client/v4/zones/" + RoomApiFixture.ZONE + "/waiting_rooms/preview")
                .addHeader(RawHeader.create("authorization", "Bearer " + RoomApiFixture.TOKEN))
                .addHeader(RawHeader.create("x-forwarded-proto", "HTTPS"))
                .withEntity(TEMPLATE.replace('\'', '"')));
    assertTrue(
        forwarded.result().path("preview_url").asText().startsWith("https://localhost:9091/"),
        forwarded.text());
  }

  @Test
  void url_isTheConfiguredOne() {
    try (var other = new RoomApiFixture("api.public-url = \"https://rooms.example\"")) {
      var made =
          other.call(
              "POST",
              "/zones/" + KnownZones.idOf("zone", "default") + "/waiting_rooms/preview",
              TEMPLATE.replace('\'', '"'));
      assertTrue(
          made.result().path("preview_url").asText().startsWith("https://rooms.example/preview/"),
          made.text());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                      | <p>10 minutes</p>
          ?waitTime=1&queue_is_full=true          | <p>1 minute full</p>
          ?force_queue=true                       | <p>unavailable</p>
          ?queueing_method=random&event=started   | <p>5 minutes to 15 minutes</p>
          """)
  void page_followsItsParameters(String query, String expected) {
    var page = show(URI.create(url()).getPath() + query);
    assertEquals(200, page.status());
    assertEquals(expected, page.text());
    assertTrue(page.header("content-type").startsWith("text/html"));
    assertTrue(page.header("content-security-policy").startsWith("sandbox"), page.toString());
    assertFalse(page.header("content-security-policy").contains("allow-same-origin"));
    assertEquals("nosniff", page.header("x-content-type-options"));
  }

  @Test
  void passthrough_showsASite() {
    var page = show(URI.create(url()).getPath() + "?queueing_method=passthrough");
    assertTrue(page.text().contains("Welcome"), page.text());
    assertTrue(page.header("content-security-policy").startsWith("sandbox"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"waitTime=0", "event=never", "force_queue=1", "shuffle_at_event_start=true"})
  void invalidParameter_is400(String query) {
    var answer = show(URI.create(url()).getPath() + "?" + query);
    assertEquals(400, answer.status());
    assertEquals(1002, answer.json().at("/errors/0/code").asInt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/preview/01234567-89ab-cdef-0123-456789abcdef",
        "/preview/",
        "/preview/x",
        "/preview/01234567-89ab-cdef-0123-456789abcdef/more"
      })
  void unknownPreview_is404(String path) {
    assertEquals(404, show(path).status());
  }

  @Test
  void otherMethod_is405() {
    var path = URI.create(url()).getPath();
    assertEquals(405, api.send(RoomApiFixture.request("POST", path)).status());
  }

  @Test
  void tooMany_areToldToComeLater() {
    api.previews.full = true;
    var answer = api.rooms("POST", "/preview", TEMPLATE);
    assertEquals(429, answer.status());
    assertEquals(1015, answer.json().at("/errors/0/code").asInt());
    assertEquals("600", answer.header("retry-after"));
  }
}
