package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.testkit.Await;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Distribution;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import io.maitred.testkit.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How requests end that wait for an instance in vain. */
@ExtendWith(NodeLogs.class)
class WaitingRequestsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ClusterOfNodes cluster;
  private static Http http;

  @BeforeAll
  static void startNode() {
    cluster = ClusterOfNodes.plan("WaitingRequestsIT").nodes(1).start();
    http = cluster.node(0).http();
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "ends-1, exit 1, /status, Invalid startup command",
    "ends-127, no-such-command-anywhere, /status, Invalid startup command",
    "guarded, demo, /bad-status?status=401, Health check requires authentication"
  })
  void commandThatCannotServe_refusesThoseWhoWait_andThoseWhoCome(
      String name, String command, String healthCheck, String why) {
    var headers =
        service(
            name,
            command.equals("demo") ? Distribution.demoCommand() : command,
            "x-waiter-health-check-url",
            healthCheck);
    var serviceId = http.get("/service-id", headers).text();

    var ping = http.later("/waiter-ping", headers);
    var waiting = http.get("/", headers);
    var late = http.get("/", Http.with(headers, "x-waiter-debug", "1"));

    for (var reply : new Reply[] {waiting, late}) {
      assertError(reply, "waiter.DeploymentError", "Deployment error: " + why);
      assertEquals(serviceId, detail(reply, "service-id"));
    }
    assertEquals(serviceId, late.header("x-waiter-service-id"));
    var answer = ping.join().json();
    assertEquals("received-response", answer.at("/ping-response/result").asText());
    assertEquals(503, answer.at("/ping-response/status").asInt());
    assertEquals("Failing", answer.at("/service-state/status").asText());
    var shown = http.get("/apps/" + serviceId).json();
    assertEquals("Failing", shown.path("status").asText());
    assertEquals("Deployment error: " + why, shown.path("deployment-error-message").asText());
    assertFalse(shown.path("scaling-state").isMissingNode(), shown::toString);
  }

  @Test
  void protocolThatIsNotSpoken_isRefusedBeforeAnythingStarts() {
    var headers = service("h2", Distribution.demoCommand(), "x-waiter-backend-proto", "h2c");

    var reply = http.get("/", headers);

    assertEquals(501, reply.status(), reply::toString);
    assertEquals("backend-proto h2c is not supported", reply.errorMessage());
    assertEquals(0, http.get("/apps?name=h2").json().size());
  }

  @Test
  void queueTimeout_ofAServiceThatDoesNotStart_saysSo() {
    var reply =
        http.get("/", service("silent", "exec sleep 1000", "x-waiter-queue-timeout", "2000"));

    assertError(
        reply,
        "waiter.RequestTimeout",
        "After 2 seconds, no instance available to handle request."
            + " Check that your service is able to start properly!");
    assertEquals("1", detail(reply, "outstanding-requests"));
    assertEquals("1", detail(reply, "waiting-for-available-instance"));
    assertEquals("0", detail(reply, "slots-assigned"));
  }

  @Test
  void busyInstance_timesOutTheQueue() {
    var headers = service("busy", Distribution.demoCommand(), "x-waiter-max-instances", "1");
    assertEquals(200, http.get("/", headers).status());
    var busy = http.later("/", Http.with(headers, "x-kitchen-delay-ms", "6000"));
    var late =
        Await.value(
            "the instance is busy",
            LIMIT,
            () -> http.get("/", Http.with(headers, "x-waiter-queue-timeout", "1000")),
            reply -> reply.status() == 503);
    assertError(
        late,
        "waiter.RequestTimeout",
        "After 1 seconds, no instance available to handle request."
            + " Check that your service is able to scale properly!");
    assertEquals("1", detail(late, "slots-in-use"));

    assertEquals(200, busy.join().status());
  }

  @Test
  void clientThatLeavesTheQueue_isNotTheRoutersFailure() throws Exception {
    var headers = service("left", "exec sleep 1000");
    var head = new StringBuilder("GET /left-alone HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    try (var client = http.connect()) {
      client.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      Await.until("it waits", LIMIT, () -> outstanding("left") == 1);
    }

    Await.until("it is gone", LIMIT, () -> outstanding("left") == 0);
    var line =
        Await.value(
            "it is in the log",
            LIMIT,
            () -> logged("/left-alone").findFirst().orElse(""),
            text -> !text.isEmpty());
    assertTrue(line.contains("\"status\":400"), line);
    assertTrue(cluster.node(0).log().stream().noneMatch(text -> text.contains(" ERROR ")));
  }

  @Test
  void pingThatTimesOut_saysSo_andLeavesTheQueue() {
    var reply =
        http.get("/waiter-ping", service("unheard", "exec sleep 1000", "x-waiter-timeout", "1000"));

    assertEquals(200, reply.status(), reply::toString);
    var json = reply.json();
    assertEquals("timed-out", json.at("/ping-response/result").asText(), reply::toString);
    assertTrue(json.at("/ping-response/status").isNull(), reply::toString);
    assertEquals("Starting", json.at("/service-state/status").asText(), reply::toString);
    assertEquals("exec sleep 1000", json.at("/service-description/cmd").asText());
    Await.until("nobody waits", LIMIT, () -> outstanding("unheard") == 0);
  }

  @ParameterizedTest
  @CsvSource({"DELETE, ''", "POST, '{\"version\": \"1\"}'"})
  void tokenWithoutAName_isRefusedAtOnce(String method, String body) {
    var reply = http.send(method, "/token", Http.headers("accept", "application/json"), body);

    assertEquals(400, reply.status(), reply::toString);
    assertEquals("Must provide the token", reply.errorMessage());
  }

  private static Map<String, String> service(String name, String command, String... more) {
    return Http.with(
        Http.with(Distribution.service(command, name), more), "accept", "application/json");
  }

  private static int outstanding(String name) {
    return http.get("/apps?name=" + name).json().at("/0/request-metrics/outstanding").asInt(-1);
  }

  private static Stream<String> logged(String path) {
    return cluster.node(0).log().stream().filter(line -> line.contains("\"path\":\"" + path + '"'));
  }

  private static String detail(Reply reply, String name) {
    return reply.json().at("/waiter-error/details").path(name).asText();
  }

  private static void assertError(Reply reply, String errorClass, String message) {
    assertEquals(503, reply.status(), reply::toString);
    assertEquals(message, reply.errorMessage());
    assertEquals(errorClass, detail(reply, "error-class"));
  }
}
