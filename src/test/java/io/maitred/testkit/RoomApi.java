package io.maitred.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** Waiting rooms of the default zone, as an operator reaches them through one node. */
public final class RoomApi {
  private final Http http;
  private final Map<String, String> headers;
  private final String rooms;

  public RoomApi(ClusterOfNodes cluster, NodeProcess node) {
    this.http = node.http();
    this.headers =
        Http.headers(
            "authorization", "Bearer " + token(cluster), "content-type", "application/json");
    var zones = result(http.get("/client/v4/zones", headers));
    this.rooms = "/client/v4/zones/" + zones.get(0).path("id").asText() + "/waiting_rooms";
  }

  private static String token(ClusterOfNodes cluster) {
    try {
      return Files.readString(cluster.data().resolve("secrets").resolve("api-token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param body JSON of the room, without braces
   * @return the id
   */
  public String create(String body) {
    return result(http.post(rooms, headers, "{" + body + "}")).path("id").asText();
  }

  /**
   * @param body JSON of the fields that change, without braces
   */
  public JsonNode patch(String room, String body) {
    return result(http.send("PATCH", rooms + "/" + room, headers, "{" + body + "}"));
  }

  public JsonNode status(String room) {
    return result(http.get(rooms + "/" + room + "/status", headers));
  }

  /** The room as it is configured. */
  public JsonNode read(String room) {
    return result(http.get(rooms + "/" + room, headers));
  }

  public JsonNode delete(String room) {
    return result(http.delete(rooms + "/" + room, headers));
  }

  /** Any call below the zone's rooms, as {@code /<room>/events}. */
  public Reply call(String method, String path, String body) {
    return http.send(method, rooms + path, headers, body);
  }

  private static JsonNode result(Reply reply) {
    if (reply.status() != 200 || !reply.json().path("success").asBoolean()) {
      throw new AssertionError(reply.toString());
    }
    return reply.json().path("result");
  }
}
