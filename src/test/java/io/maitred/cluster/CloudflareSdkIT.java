package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.CloudflareSdk;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Cloudflare's own client, with base URL and token changed and nothing else, against two nodes. */
@ExtendWith(NodeLogs.class)
class CloudflareSdkIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static ClusterOfNodes cluster;

  @BeforeAll
  static void startNodes() {
    cluster = ClusterOfNodes.plan("CloudflareSdkIT").nodes(2).start();
  }

  @AfterAll
  static void stopNodes() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void client_worksUnchanged() {
    var token = cluster.data().resolve("secrets").resolve("api-token");
    CloudflareSdk.check(url(0), token, "/client/v4");
  }

  @Test
  void everyNode_hasRoomsAndPreviews() throws IOException {
    var token = Files.readString(cluster.data().resolve("secrets").resolve("api-token"));
    var headers = Http.headers("authorization", "Bearer " + token);
    var one = cluster.node(0).http();
    var other = cluster.node(1).http();
    var zone = one.get("/client/v4/zones", headers).json().at("/result/0/id").asText();
    var rooms = "/client/v4/zones/" + zone + "/waiting_rooms";
    var made =
        one.post(
            rooms,
            headers,
            "{\"name\": \"both\", \"host\": \"both.example\", \"total_active_users\": 300,"
                + " \"new_users_per_minute\": 200}");
    assertEquals(200, made.status(), made::toString);
    var room = rooms + "/" + made.json().at("/result/id").asText();
    Await.until(
        "the other node has the room", LIMIT, () -> other.get(room, headers).status() == 200);
    // one of them is not the node of the entity that writes
    largePage(one, other, room, headers, 1_000_000);
    largePage(other, one, room, headers, 1_040_000);

    var page = "<p>" + "x".repeat(1_000_000) + "{{waitTime}}</p>";
    var preview =
        one.post(rooms + "/preview", headers, "{\"custom_html\": \"" + page + "\"}")
            .json()
            .at("/result/preview_url")
            .asText();
    var shown = other.get(preview.substring(preview.indexOf("/preview/")), Map.of());
    assertEquals(200, shown.status());
    assertTrue(shown.text().endsWith("x10</p>"), shown::toString);
    assertEquals(200, other.delete(room, headers).status());
    Await.until(
        "the room is gone on both nodes", LIMIT, () -> one.get(room, headers).status() == 404);
  }

  private static void largePage(
      Http writer, Http reader, String room, Map<String, String> headers, int length) {
    var changed =
        writer.send(
            "PATCH", room, headers, "{\"custom_page_html\": \"" + "y".repeat(length) + "\"}");
    assertEquals(200, changed.status(), changed::toString);
    Await.until(
        "the other node has the page",
        LIMIT,
        () ->
            reader.get(room, headers).json().at("/result/custom_page_html").asText().length()
                == length);
  }

  @Test
  void keys_areRotatedForBoth() throws IOException {
    var token = Files.readString(cluster.data().resolve("secrets").resolve("api-token"));
    var headers = Http.headers("authorization", "Bearer " + token);
    var before = cluster.node(0).http().get("/waiting-room/keys", headers).json().path("result");
    var rotated = cluster.node(0).http().post("/waiting-room/keys/rotate", headers, "");
    assertEquals(200, rotated.status(), rotated::toString);
    assertEquals(before.size() + 1, rotated.json().path("result").size());
    var newest = rotated.json().at("/result/0/id");
    Await.until(
        "the other node has the new key",
        LIMIT,
        () ->
            cluster
                .node(1)
                .http()
                .get("/waiting-room/keys", headers)
                .json()
                .at("/result/0/id")
                .equals(newest));
  }

  @Test
  void start_printsTokenFileAndIds() {
    var log = String.join("\n", cluster.node(0).log());
    assertTrue(log.contains("api-token"), log);
    assertTrue(log.contains("Zone default"), log);
  }

  private static String url(int node) {
    return "http://localhost:" + cluster.node(node).ports().http();
  }
}
