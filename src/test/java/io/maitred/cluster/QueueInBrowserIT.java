package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.Browser;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Origin;
import io.maitred.testkit.RoomApi;
import io.maitred.testkit.RoomVisitor;
import io.maitred.testkit.RoomVisitor.Place;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A visitor's browser in front of a room that is full, on a whole node. */
@ExtendWith(NodeLogs.class)
class QueueInBrowserIT {
  private static final String COOKIE = "__cfwaitingroom";
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Path SCREENSHOTS =
      Path.of(System.getProperty("maitred.screenshots", "target/screenshots"));

  private static ClusterOfNodes cluster;
  private static Origin origin;
  private static RoomApi api;
  private Browser browser;

  @BeforeAll
  static void startNode() {
    cluster =
        ClusterOfNodes.plan("QueueInBrowserIT")
            .nodes(1)
            .setting("maitred.waiting-room.min-users", 1)
            .setting("maitred.waiting-room.refresh-interval", "2s")
            .start();
    origin = new Origin();
    api = new RoomApi(cluster, cluster.node(0));
  }

  @AfterAll
  static void stopNode() {
    origin.close();
    cluster.close();
  }

  @BeforeEach
  void openBrowser() {
    browser = Browser.start();
    browser.size(900, 720);
  }

  @AfterEach
  void closeBrowser() {
    browser.close();
  }

  @Test
  void visitor_waits_isToldHowLong_isLetIn_andArrives() {
    var host = "shop.localhost";
    var room = site(host, "/shop", 3);
    fill(host, "/shop", 3);
    var before = line(host, "/shop", 6);

    browser.open(page(host, "/shop/sale"));
    assertEquals("You are in line", seen("h1"));
    assertTrue(seen("dl").contains("Estimated waiting time"));
    assertEquals(List.of(), still(browser::violations));
    var first = seen("time");
    Await.until("it refreshes by itself", LIMIT, () -> !browser.text("time").equals(first));

    var figures =
        Await.value(
            "it says how long it takes, and how many come first",
            LIMIT,
            () -> {
              before.forEach(visitor -> visitor.visit(cluster.nodes()));
              return browser.text("dl");
            },
            text -> text.matches("(?s).*\\d+ minutes.*People ahead of you.*fewer than 10.*"));
    assertFalse(figures.contains("Not available"), figures);
    assertTrue(still(browser::title).matches("\\d+ minutes – You are in line"));
    assertEquals(List.of(), still(browser::violations));
    assertEquals(List.of(), browser.console());
    browser.screenshot(SCREENSHOTS.resolve("waiting-room-live.png"));

    var cookie = still(() -> browser.cookie(COOKIE));
    assertTrue(cookie.isHttpOnly());
    assertFalse(cookie.isSecure());
    assertEquals("/shop", cookie.getPath());
    assertEquals("Lax", cookie.getSameSite());
    assertEquals(host, cookie.getDomain(), "this host and no other");
    assertEquals("", still(() -> browser.evaluate("document.cookie")));

    api.patch(room, limits(100));
    Await.until("it is let in", LIMIT, () -> isAtOrigin(browser));
    assertEquals(page(host, "/shop/sale").toString(), browser.address());
    assertEquals("/shop", browser.cookie(COOKIE).getPath());
    browser.open(page(host, "/shop/basket"));
    assertTrue(isAtOrigin(browser), "and stays");
  }

  @Test
  void visitor_withoutScripts_isLetInAsWell() {
    var host = "plain.localhost";
    var room = site(host, "/", 2);
    fill(host, "/", 2);
    browser.scripts(false);

    browser.open(page(host, "/"));
    assertEquals("You are in line", seen("h1"));
    assertTrue(seen("time").endsWith(" UTC"));
    var first = seen("time");
    Await.until("it refreshes by itself", LIMIT, () -> !browser.text("time").equals(first));
    assertEquals("You are in line", seen("h1"));

    api.patch(room, limits(100));
    Await.until("it is let in", LIMIT, () -> isAtOrigin(browser));
  }

  @Test
  void secondTab_keepsThePlace() {
    var host = "tabs.localhost";
    var room = site(host, "/", 2);
    fill(host, "/", 2);
    browser.open(page(host, "/"));
    Await.until("one is in line", LIMIT, () -> queued(room) == 1);

    browser.openTab(page(host, "/other"));
    assertEquals("You are in line", seen("h1"));
    var first = seen("time");
    Await.until("the tab was counted", LIMIT, () -> !browser.text("time").equals(first));
    line(host, "/", 1);

    // who came after the tab is known only together with it
    assertEquals(
        2, Await.value("somebody else is in line", LIMIT, () -> queued(room), n -> n >= 2));
    api.patch(room, limits(100));
    Await.until("the tab is let in", LIMIT, () -> isAtOrigin(browser));
  }

  /** Text of an element of the page, whichever refresh of it is shown. */
  private String seen(String selector) {
    return still(() -> browser.text(selector));
  }

  /** Looks again when the page was refreshed meanwhile. */
  private static <T> T still(Callable<T> look) {
    return Await.value("a page", LIMIT, look, seen -> true);
  }

  private static boolean isAtOrigin(Browser browser) {
    return browser.text("body").equals("origin");
  }

  private static int queued(String room) {
    return api.status(room).path("estimated_queued_users").asInt();
  }

  private static URI page(String host, String path) {
    return URI.create("http://" + host + ":" + cluster.node(0).ports().http() + path);
  }

  private static String limits(int users) {
    return "\"total_active_users\": " + users + ", \"new_users_per_minute\": " + users;
  }

  /** A room in front of a site that answers. */
  private static String site(String host, String path, int users) {
    origin.behind(cluster.node(0), host);
    Await.until(
        "the site answers",
        LIMIT,
        () -> new RoomVisitor("probe", host).visit(cluster.nodes()) == Place.ON_SITE);
    return api.create(
        "\"name\": \"%s\", \"host\": \"%s\", \"path\": \"%s\", %s"
            .formatted(host.replace('.', '-'), host, path, limits(users)));
  }

  private static void fill(String host, String path, int users) {
    visitors("first", host, path, users)
        .forEach(
            visitor ->
                Await.until(
                    visitor + " is let in",
                    LIMIT,
                    () -> visitor.visit(cluster.nodes()) == Place.ON_SITE));
  }

  private static List<RoomVisitor> line(String host, String path, int users) {
    var visitors = visitors("waits", host, path, users);
    visitors.forEach(
        visitor -> assertEquals(Place.IN_LINE, visitor.visit(cluster.nodes()), visitor::toString));
    return visitors;
  }

  private static List<RoomVisitor> visitors(String name, String host, String path, int count) {
    return IntStream.range(0, count).mapToObj(i -> new RoomVisitor(name + i, host, path)).toList();
  }
}
