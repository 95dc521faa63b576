package io.maitred.testkit;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Somebody with a browser: keeps the room's cookie. Not for several threads. */
public final class RoomVisitor {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What a visit led to. */
  public enum Place {
    NOT_COME,
    IN_LINE,
    ON_SITE
  }

  private final String name;
  private final String host;
  private String cookie = "";
  private Place place = Place.NOT_COME;

  /**
   * @param host the site
   */
  public RoomVisitor(String name, String host) {
    this.name = name;
    this.host = host;
  }

  /**
   * Visits the site through the first of these nodes that accepts the connection.
   *
   * @throws AssertionError for an answer that is neither the site's nor a queue page
   */
  public Place visit(List<NodeProcess> nodes) {
    IOException refused = null;
    for (var node : nodes) {
      try {
        return visit(node, "/");
      } catch (ConnectException | HttpConnectTimeoutException e) {
        refused = e; // to the next one, as a balancer would
      } catch (IOException e) {
        throw new AssertionError(name + " at " + node.name(), e);
      }
    }
    throw new AssertionError(name + ": no node accepts connections", refused);
  }

  private Place visit(NodeProcess node, String path) throws IOException {
    var headers =
        cookie.isEmpty()
            ? Map.of("host", host)
            : Http.headers("host", host, "cookie", "other=1; " + cookie);
    var reply = node.http().attempt("GET", path, headers, "", LIMIT);
    for (var header : reply.headers().getOrDefault("set-cookie", List.of())) {
      if (header.startsWith("__cfwaitingroom")) {
        int end = header.indexOf(';');
        cookie = end < 0 ? header : header.substring(0, end);
      }
    }
    if (reply.status() == 200 && reply.text().startsWith("origin")) {
      place = Place.ON_SITE;
    } else if (reply.status() == 200 && reply.header("refresh") != null) {
      place = Place.IN_LINE;
    } else {
      throw new AssertionError(name + " at " + node.name() + ": " + reply);
    }
    return place;
  }

  /** Where the last visit led. */
  public Place place() {
    return place;
  }

  /** Name and value, as sent. */
  public String cookie() {
    return cookie;
  }

  @Override
  public String toString() {
    return name + " " + place;
  }
}
