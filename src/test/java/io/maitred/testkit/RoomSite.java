package io.maitred.testkit;

import io.maitred.testkit.RoomVisitor.Place;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A host with a site behind it and one waiting room in front, reached through one node. */
public final class RoomSite {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final NodeProcess node;
  private final RoomApi api;
  private final String host;
  private final String room;

  private RoomSite(NodeProcess node, RoomApi api, String host, String room) {
    this.node = node;
    this.api = api;
    this.host = host;
    this.room = room;
  }

  /**
   * Makes the room when the site answers.
   *
   * @param more JSON of the room but its name and host, without braces
   */
  public static RoomSite open(
      NodeProcess node, Origin origin, RoomApi api, String host, String more) {
    origin.behind(node, host);
    Await.until(
        host + " answers",
        LIMIT,
        () -> new RoomVisitor("probe", host).visit(List.of(node)) == Place.ON_SITE);
    var room =
        api.create(
            "\"name\": \"%s\", \"host\": \"%s\", %s".formatted(host.replace('.', '-'), host, more));
    var site = new RoomSite(node, api, host, room);
    // a node that does not know yet whether the room is full elsewhere queues everybody
    Await.until(
        host + " has slots to give",
        LIMIT,
        () -> site.metrics().getOrDefault("maitred_room_workers", 0.0) > 0);
    return site;
  }

  public String host() {
    return host;
  }

  /** Id of the room. */
  public String room() {
    return room;
  }

  /**
   * @param headers names and values in turn
   */
  public Reply get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  /**
   * @param headers names and values in turn
   */
  public Reply send(String method, String path, String body, String... headers) {
    return node.http().send(method, path, Http.with(Http.headers("host", host), headers), body);
  }

  /** Sends a head as it stands, see {@link Http#raw}; {@code host} is filled in for {@code %s}. */
  public Reply raw(String head) {
    return node.http().raw(head.formatted(host), new byte[0]);
  }

  /** Somebody who got in, who comes again as often as it takes. */
  public RoomVisitor admitted(String name) {
    return admitted(new RoomVisitor(name, host));
  }

  /** Comes again until let in. */
  public RoomVisitor admitted(RoomVisitor visitor) {
    Await.until(visitor + " is let in", LIMIT, () -> visitor.visit(List.of(node)) == Place.ON_SITE);
    return visitor;
  }

  /** Somebody who waits. */
  public RoomVisitor waiting(String name) {
    var visitor = new RoomVisitor(name, host);
    if (visitor.visit(List.of(node)) != Place.IN_LINE) {
      throw new AssertionError(visitor + " should wait");
    }
    return visitor;
  }

  /** Where a visitor is who comes now. */
  public Place visit(RoomVisitor visitor) {
    return visitor.visit(List.of(node));
  }

  /** Changes the room. */
  public void patch(String fields) {
    api.patch(room, fields);
  }

  /** What the API tells of the room, as {@code queueing, 1 queued, 2 active}, when it does. */
  public void awaitStatus(String expected) {
    Await.value(
        "status of " + host,
        LIMIT,
        () -> {
          var status = api.status(room);
          return "%s, %s queued, %s active"
              .formatted(
                  status.path("status").asText(),
                  status.path("estimated_queued_users").asText(),
                  status.path("estimated_total_active_users").asText());
        },
        expected::equals);
  }

  /** The room's samples on the node's metrics page: what is between braces, with its value. */
  public Map<String, Double> metrics() {
    var samples = new TreeMap<String, Double>();
    node.management()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> !line.startsWith("#") && line.contains("room=\"" + room + "\""))
        .forEach(
            line -> {
              int end = line.lastIndexOf(' ');
              samples.put(
                  line.substring(0, end)
                      .replaceAll("(cluster|data_center|name|node|room)=\"[^\"]*\",?", "")
                      .replace("{}", "")
                      .replace(",}", "}"),
                  Double.parseDouble(line.substring(end + 1)));
            });
    return samples;
  }

  /** Name and value of the room's cookie that an answer sets; null for none. */
  public static @Nullable String cookie(Reply reply) {
    var header = setCookie(reply);
    return header == null ? null : header.substring(0, header.indexOf(';'));
  }

  /** The header that sets the room's cookie; null for none. */
  public static @Nullable String setCookie(Reply reply) {
    for (var header : reply.headers().getOrDefault("set-cookie", List.of())) {
      if (header.startsWith("__cfwaitingroom")) {
        return header;
      }
    }
    return null;
  }
}
