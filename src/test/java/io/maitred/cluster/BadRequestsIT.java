package io.maitred.cluster;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.maitred.testkit.ClusterOfNodes;
import io.maitred.testkit.Http;
import io.maitred.testkit.NodeLogs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients are told when they ask for something wrong: the exact status and message. */
@ExtendWith(NodeLogs.class)
class BadRequestsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String USER = System.getProperty("user.name");
  private static final String SERVICE =
      "Service description using waiter headers/token improperly configured\n";
  private static final String TOKEN = "Validation failed for token:\n";
  private static final Map<String, String> COMPLETE =
      Http.headers(
          "x-waiter-cmd", "exec false",
          "x-waiter-cpus", "1",
          "x-waiter-mem", "64",
          "x-waiter-version", "1");

  private static ClusterOfNodes cluster;
  private static Http http;

  /** One bad request and its answer. */
  record Row(
      String name,
      String method,
      String path,
      Map<String, String> headers,
      String body,
      int status,
      String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void startNode() {
    cluster = ClusterOfNodes.plan("BadRequestsIT").nodes(1).start();
    http = cluster.node(0).http();
    for (var document :
        List.of(
            "{'token': 'existing', 'version': '1'}",
            "{'token': 'closed', 'version': '1', 'maintenance': {'message': 'back at noon'}}",
            "{'token': 'params', 'cmd': 'exec false', 'cpus': 1, 'mem': 64, 'version': '1',"
                + " 'run-as-user': '*', 'allowed-params': ['GOOD']}",
            "{'token': 'open', 'cmd': 'exec false', 'cpus': 1, 'mem': 64, 'version': '1',"
                + " 'run-as-user': '"
                + USER
                + "', 'permitted-user': '*', 'authentication': 'disabled'}",
            "{'token': 'not-for-us', 'cmd': 'exec false', 'cpus': 1, 'mem': 64, 'version': '1',"
                + " 'run-as-user': '"
                + USER
                + "', 'permitted-user': 'somebody-else'}")) {
      var reply = http.post("/token", Map.of(), document.replace('\'', '"'));
      assertEquals(200, reply.status(), reply::toString);
    }
    var foreign =
        http.post(
            "/token?update-mode=admin",
            Map.of(),
            "{'token': 'foreign', 'cmd': 'x', 'cpus': 1, 'mem': 64, 'version': '1', 'owner': 'somebody-else', 'run-as-user': 'somebody-else'}"
                .replace('\'', '"'));
    assertEquals(200, foreign.status(), foreign::toString);
  }

  @AfterAll
  static void stopNode() {
    if (cluster != null) {
      cluster.close();
    }
  }

  static Stream<Row> rows() {
    var rows = new ArrayList<Row>();
    tokenDocuments(rows);
    tokenMetadata(rows);
    tokenRequests(rows);
    serviceHeaders(rows);
    proxiedRequests(rows);
    apiRequests(rows);
    return rows.stream();
  }

  private static void tokenDocuments(List<Row> rows) {
    parameter(rows, "cpus", "0", "cpus must be a positive number");
    parameter(rows, "cpus", "\"1\"", "cpus must be a positive number");
    parameter(rows, "mem", "-5", "mem must be a positive number");
    parameter(rows, "cmd", "\"\"", "cmd must be a non-empty string");
    parameter(rows, "cmd", "5", "cmd must be a non-empty string");
    parameter(rows, "version", "\" \"", "version must be a non-empty string");
    parameter(rows, "version", "1", "version must be a non-empty string");
    parameter(
        rows,
        "concurrency-level",
        "0",
        "concurrency-level must be an integer in the range [1, 10000].");
    parameter(
        rows,
        "concurrency-level",
        "1.5",
        "concurrency-level must be an integer in the range [1, 10000].");
    parameter(
        rows,
        "concurrency-level",
        "10001",
        "concurrency-level must be an integer in the range [1, 10000].");
    parameter(
        rows,
        "grace-period-secs",
        "3601",
        "grace-period-secs must be an integer in the range [0, 3600].");
    parameter(
        rows,
        "idle-timeout-mins",
        "43201",
        "idle-timeout-mins must be an integer in the range [0, 43200].");
    parameter(rows, "ports", "11", "ports must be an integer in the range [1, 10].");
    parameter(rows, "max-instances", "2001", "max-instances must be between 1 and 2000.");
    parameter(rows, "min-instances", "0", "min-instances must be between 1 and 2000.");
    parameter(
        rows, "backend-proto", "\"ftp\"", "backend-proto must be one of h2, h2c, http, or https.");
    parameter(
        rows,
        "load-balancing",
        "\"first\"",
        "load-balancing must be one of 'oldest', 'youngest' or 'random'.");
    parameter(
        rows,
        "distribution-scheme",
        "\"fair\"",
        "distribution-scheme must be one of balanced or simple.");
    parameter(rows, "scale-factor", "2.5", "scale-factor must be a double in the range (0, 2].");
    parameter(
        rows, "scale-up-factor", "1", "scale-up-factor must be a double in the range (0, 1).");
    parameter(
        rows, "scale-down-factor", "0", "scale-down-factor must be a double in the range (0, 1).");
    parameter(
        rows,
        "termination-grace-period-secs",
        "301",
        "termination-grace-period-secs must be an integer in the range [0, 300].");
    plain(
        rows,
        "cpus",
        "100",
        "The following fields exceed their allowed limits: cpus is 100 but the max allowed is 32");
    plain(
        rows,
        "mem",
        "131073",
        "The following fields exceed their allowed limits: mem is 131073 but the max allowed is 131072");
    plain(
        rows,
        "cmd",
        "\"" + "x".repeat(1201) + "\"",
        "The following fields exceed their allowed limits: cmd must be at most 1200 characters");
    plain(rows, "cmd-type", "\"lisp\"", "Command type lisp is not supported");
    plain(
        rows, "profile", "\"fast\"", "Unsupported profile: fast, there are no supported profiles");
    row(
        rows,
        "two wrong parameters",
        "{'token': 'bad', 'cpus': 0, 'mem': 0}",
        400,
        SERVICE + "cpus must be a positive number\nmem must be a positive number");
    row(
        rows,
        "requester with a namespace",
        "{'token': 'bad', 'run-as-user': '*', 'namespace': '" + USER + "'}",
        400,
        "Cannot use run-as-requester with a specific namespace");
    row(
        rows,
        "another user",
        "{'token': 'bad', 'version': '1', 'run-as-user': 'somebody-else'}",
        403,
        "Authenticated user '" + USER + "' cannot run as user 'somebody-else'");
    row(
        rows,
        "another owner",
        "{'token': 'bad', 'version': '1', 'owner': 'somebody-else'}",
        403,
        "Cannot create token as provided owner: somebody-else");
    row(rows, "only the name", "{'token': 'bad'}", 400, "No parameters provided for bad");
    row(
        rows,
        "unknown keys",
        "{'token': 'bad', 'version': '1', 'foo': 1, 'bar': 2}",
        400,
        "Unsupported key(s) in token: [\"bar\" \"foo\"]");
    row(
        rows,
        "system metadata: root",
        "{'token': 'bad', 'version': '1', 'root': 'r'}",
        400,
        "Cannot modify root token metadata");
    row(
        rows,
        "system metadata: last-update-time",
        "{'token': 'bad', 'version': '1', 'last-update-time': 5}",
        400,
        "Cannot modify last-update-time token metadata");
    row(
        rows,
        "system metadata: last-update-user",
        "{'token': 'bad', 'version': '1', 'last-update-user': 'u'}",
        400,
        "Cannot modify last-update-user token metadata");
    row(
        rows,
        "system metadata: previous",
        "{'token': 'bad', 'version': '1', 'previous': {}}",
        400,
        "Cannot modify previous token metadata");
  }

  private static void tokenMetadata(List<Row> rows) {
    metadata(rows, "cors-rules", "{}", "cors-rules must be a list");
    metadata(
        rows,
        "fallback-period-secs",
        "86401",
        "fallback-period-secs must be an integer in the range [0, 86400].");
    metadata(
        rows,
        "queue-timeout-ms",
        "3600001",
        "queue-timeout-ms must be an integer in the range [0, 3600000].");
    metadata(
        rows,
        "socket-timeout-ms",
        "-1",
        "socket-timeout-ms must be an integer in the range [0, 3600000].");
    metadata(
        rows,
        "streaming-timeout-ms",
        "\"5\"",
        "streaming-timeout-ms must be an integer in the range [0, 3600000].");
    metadata(
        rows,
        "stale-timeout-mins",
        "241",
        "stale-timeout-mins must be an integer in the range [0, 240].");
    metadata(rows, "maintenance", "true", "maintenance must be a map");
    metadata(
        rows,
        "maintenance",
        "{\"message\": \"\"}",
        "maintenance message must be a non-empty string with length at most 512");
    metadata(
        rows,
        "maintenance",
        "{\"message\": \"" + "m".repeat(513) + "\"}",
        "maintenance message must be a non-empty string with length at most 512");
  }

  private static void tokenRequests(List<Row> rows) {
    row(rows, "no name", "{'version': '1'}", 400, "Must provide the token");
    row(
        rows,
        "name with a slash",
        "{'token': 'a/b', 'version': '1'}",
        400,
        "Token contains invalid character: \"/\"");
    row(
        rows,
        "name with a space",
        "{'token': 'a b', 'version': '1'}",
        400,
        "Token contains invalid character: \" \"");
    row(
        rows,
        "name that begins with a digit",
        "{'token': '1abc', 'version': '1'}",
        400,
        "Token must match pattern");
    row(
        rows,
        "name of one letter",
        "{'token': 'a', 'version': '1'}",
        400,
        "Token must match pattern");
    row(
        rows,
        "name of the router",
        "{'token': 'localhost', 'version': '1'}",
        403,
        "Token name is reserved");
    row(rows, "not JSON", "{'token'", 400, "Invalid JSON payload");
    row(rows, "a list", "[1]", 400, "Invalid JSON payload");
    row(
        rows,
        "text after the document",
        "{'token': 'bad', 'version': '1'} x",
        400,
        "Invalid JSON payload");
    add(
        rows,
        "two names",
        "POST",
        "/token?token=bad",
        Map.of(),
        "{'token': 'bad', 'version': '1'}",
        400,
        "Token must be specified as either the query parameter or json payload only");
    add(
        rows,
        "unknown update mode",
        "POST",
        "/token?update-mode=force",
        Map.of(),
        "{'token': 'bad', 'version': '1'}",
        400,
        "Invalid update-mode: force");
    add(
        rows,
        "admin mode without if-match",
        "POST",
        "/token?update-mode=admin",
        Map.of(),
        "{'token': 'existing', 'version': '2'}",
        400,
        "Must specify if-match header for admin mode token updates");
    add(
        rows,
        "admin mode with a wrong previous",
        "POST",
        "/token?update-mode=admin",
        Map.of(),
        "{'token': 'bad', 'version': '2', 'previous': 5}",
        400,
        "Token previous must be a map");
    add(
        rows,
        "stale if-match",
        "POST",
        "/token",
        Http.headers("if-match", "E-0"),
        "{'token': 'existing', 'version': '2'}",
        412,
        "Cannot modify stale token");
    add(
        rows,
        "empty if-match for an existing token",
        "POST",
        "/token",
        Http.headers("if-match", ""),
        "{'token': 'existing', 'version': '2'}",
        412,
        "Cannot modify stale token");
    add(
        rows,
        "if-match for a token that does not exist",
        "POST",
        "/token",
        Http.headers("if-match", "E-0"),
        "{'token': 'bad', 'version': '2'}",
        412,
        "Cannot modify stale token");
    row(
        rows,
        "somebody else's token",
        "{'token': 'foreign', 'version': '2'}",
        403,
        "Cannot update token (owner=somebody-else) as user: " + USER);
    add(
        rows,
        "show an unknown token",
        "GET",
        "/token?token=nowhere",
        Map.of(),
        "",
        404,
        "Couldn't find token nowhere");
    add(
        rows,
        "delete an unknown token",
        "DELETE",
        "/token",
        Http.headers("x-waiter-token", "nowhere"),
        "",
        404,
        "Token nowhere does not exist");
    add(
        rows,
        "delete somebody else's token",
        "DELETE",
        "/token",
        Http.headers("x-waiter-token", "foreign"),
        "",
        403,
        "User not allowed to delete token");
    add(
        rows,
        "stale delete",
        "DELETE",
        "/token",
        Http.headers("x-waiter-token", "existing", "if-match", "E-0"),
        "",
        412,
        "Cannot modify stale token");
    add(
        rows,
        "hard delete without if-match",
        "DELETE",
        "/token?hard-delete=true",
        Http.headers("x-waiter-token", "existing"),
        "",
        400,
        "Must specify if-match header for token hard deletes");
  }

  private static void serviceHeaders(List<Row> rows) {
    header(rows, "x-waiter-cpus", "0", SERVICE + "cpus must be a positive number");
    header(rows, "x-waiter-cpus", "many", SERVICE + "cpus must be a positive number");
    header(rows, "x-waiter-mem", "true", SERVICE + "mem must be a positive number");
    header(
        rows,
        "x-waiter-concurrency-level",
        "none",
        SERVICE + "concurrency-level must be an integer in the range [1, 10000].");
    header(
        rows,
        "x-waiter-cpus",
        "33",
        "The following fields exceed their allowed limits: cpus is 33 but the max allowed is 32");
    header(rows, "x-waiter-maintenance", "{}", "Unsupported waiter headers found");
    header(rows, "x-waiter-param-bad", "1", "Some params cannot be configured");
    add(
        rows,
        "only a version",
        "GET",
        "/x",
        Http.headers("x-waiter-version", "1"),
        "",
        400,
        SERVICE
            + "cmd must be a non-empty string\n"
            + "cpus must be a positive number\n"
            + "mem must be a positive number");
    add(
        rows,
        "a param that the token does not allow",
        "GET",
        "/x",
        Http.headers("x-waiter-token", "params", "x-waiter-param-other", "1"),
        "",
        400,
        "Some params cannot be configured");
    add(
        rows,
        "another user's service",
        "GET",
        "/x",
        Http.with(COMPLETE, "x-waiter-run-as-user", "somebody-else"),
        "",
        403,
        "Authenticated user cannot run service");
    add(
        rows,
        "a service for another caller",
        "GET",
        "/x",
        Http.with(COMPLETE, "x-waiter-permitted-user", "somebody-else"),
        "",
        403,
        "This user isn't allowed to invoke this service");
    add(
        rows,
        "service-id of nothing",
        "GET",
        "/service-id",
        Map.of(),
        "",
        400,
        "Unable to identify service using waiter headers/token");
  }

  private static void proxiedRequests(List<Row> rows) {
    add(
        rows,
        "unknown token",
        "GET",
        "/x",
        Http.headers("x-waiter-token", "nowhere"),
        "",
        404,
        "Token not found: nowhere");
    add(
        rows,
        "one of two tokens unknown",
        "GET",
        "/x",
        Http.headers("x-waiter-token", "existing,nowhere"),
        "",
        404,
        "Token not found: nowhere");
    add(
        rows,
        "unknown host",
        "GET",
        "/x",
        Http.headers("host", "nowhere.example"),
        "",
        400,
        "Unable to identify service using waiter headers/token");
    add(
        rows,
        "token in maintenance",
        "GET",
        "/x",
        Http.headers("x-waiter-token", "closed"),
        "",
        503,
        "back at noon");
    add(
        rows,
        "token in maintenance, service-id",
        "GET",
        "/service-id",
        Http.headers("x-waiter-token", "closed"),
        "",
        503,
        "back at noon");
    add(
        rows,
        "token for another caller",
        "GET",
        "/x",
        Http.headers("x-waiter-token", "not-for-us"),
        "",
        403,
        "This user isn't allowed to invoke this service");
    add(
        rows,
        "unauthorized",
        "GET",
        "/x",
        Http.with(COMPLETE, "authorization", "SingleUser unauthorized"),
        "",
        401,
        "Unauthorized");
  }

  private static void apiRequests(List<Row> rows) {
    var none = Map.<String, String>of();
    add(rows, "unknown path", "GET", "/nowhere", none, "", 404, "Not found");
    add(rows, "unknown path below apps", "GET", "/apps/a/b/c", none, "", 404, "Not found");
    add(rows, "unknown service", "GET", "/apps/nowhere", none, "", 404, "Service not found");
    add(
        rows,
        "delete with a wrong timeout",
        "DELETE",
        "/apps/nowhere?timeout=soon",
        none,
        "",
        400,
        "timeout must be an integer");
    add(rows, "post to welcome", "POST", "/", none, "x", 405, "Only GET supported");
    add(rows, "post to tokens", "POST", "/tokens", none, "x", 405, "Only GET supported");
    add(rows, "put a token", "PUT", "/token", none, "{}", 405, "Invalid request method");
    add(rows, "put apps", "PUT", "/apps", none, "{}", 405, "Only GET supported");
  }

  private static void parameter(List<Row> rows, String key, String value, String line) {
    plain(rows, key, value, SERVICE + line);
  }

  private static void plain(List<Row> rows, String key, String value, String message) {
    add(
        rows,
        "token " + name(key, value),
        "POST",
        "/token",
        Map.of(),
        document(key, value),
        400,
        message);
  }

  private static void metadata(List<Row> rows, String key, String value, String line) {
    plain(rows, key, value, TOKEN + line);
  }

  private static void header(List<Row> rows, String key, String value, String message) {
    add(rows, key + ": " + value, "GET", "/x", Http.with(COMPLETE, key, value), "", 400, message);
  }

  private static void row(List<Row> rows, String name, String body, int status, String message) {
    add(rows, name, "POST", "/token", Map.of(), body, status, message);
  }

  private static void add(
      List<Row> rows,
      String name,
      String method,
      String path,
      Map<String, String> headers,
      String body,
      int status,
      String message) {
    rows.add(new Row(name, method, path, headers, body.replace('\'', '"'), status, message));
  }

  private static String name(String key, String value) {
    return key + " = " + (value.length() > 40 ? value.substring(0, 40) + "..." : value);
  }

  /** A good document with one field replaced. */
  private static String document(String key, String value) {
    try {
      var document =
          (ObjectNode)
              JSON.readTree(
                  "{\"token\":\"bad\",\"cmd\":\"x\",\"cpus\":1,\"mem\":64,\"version\":\"1\"}");
      document.set(key, JSON.readTree(value));
      return JSON.writeValueAsString(document).replace('\'', '"');
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(value, e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void badRequest_getsItsStatusAndMessage(Row row) {
    var headers = new LinkedHashMap<>(Map.of("accept", "application/json"));
    headers.putAll(row.headers());
    var reply = http.send(row.method(), row.path(), headers, row.body());
    assertAll(
        () -> assertEquals(row.status(), reply.status(), reply::toString),
        () -> assertEquals(row.message(), reply.errorMessage(), reply::toString),
        () ->
            assertEquals(
                row.status(), reply.json().at("/waiter-error/status").asInt(), reply::toString),
        () -> assertEquals("application/json", reply.header("content-type")));
  }

  @Test
  void rows_areMany() {
    assertTrue(rows().count() >= 60, () -> rows().count() + " rows");
  }

  @Test
  void badRequests_leaveNothingBehind() {
    assertEquals(404, http.get("/token?token=bad&include=deleted").status());
    assertFalse(http.get("/tokens").text().contains("\"bad\""));
  }

  @Test
  void authenticationOnTheFly_isRefusedInItsOwnForm() {
    var alone = http.get("/x", Http.with(COMPLETE, "x-waiter-authentication", "disabled"));
    assertEquals(400, alone.status());
    assertTrue(
        alone
            .text()
            .contains("An authentication parameter is not supported for on-the-fly headers"),
        alone::toString);
    var combined = http.get("/x", Http.headers("x-waiter-token", "open", "x-waiter-version", "2"));
    assertEquals(400, combined.status());
    assertTrue(
        combined
            .text()
            .contains(
                "An authentication disabled token may not be combined with on-the-fly headers"),
        combined::toString);
  }

  @Test
  void brokenRequests_getAnAnswerToo() {
    var noHost =
        http.raw(
            "GET /nowhere HTTP/1.1\nAccept: application/json\nHost:\nConnection: close\n\n",
            new byte[0]);
    assertEquals(404, noHost.status(), noHost::toString);
    assertEquals("Not found", noHost.errorMessage());
    var wrongEscape =
        http.raw(
            "GET /%zz HTTP/1.1\nHost: localhost\nAccept: application/json\nConnection: close\n\n",
            new byte[0]);
    assertEquals(400, wrongEscape.status(), wrongEscape::toString);
    var hugeHeader =
        http.raw(
            "GET / HTTP/1.1\nHost: localhost\nx-big: "
                + "a".repeat(200_000)
                + "\nConnection: close\n\n",
            new byte[0]);
    assertTrue(hugeHeader.status() >= 400 && hugeHeader.status() < 500, hugeHeader::toString);
    var unknownMethod =
        http.raw("HELLO / HTTP/1.1\nHost: localhost\nConnection: close\n\n", new byte[0]);
    assertEquals(501, unknownMethod.status(), unknownMethod::toString);
    var wrongLength =
        http.raw(
            "POST /token HTTP/1.1\nHost: localhost\nContent-Length: many\nConnection: close\n\n",
            new byte[0]);
    assertEquals(400, wrongLength.status(), wrongLength::toString);
    var wrongChunk =
        http.raw(
            """
            POST /token HTTP/1.1
            Host: localhost
            Transfer-Encoding: chunked
            Connection: close

            zz
            """,
            new byte[0]);
    assertEquals(400, wrongChunk.status(), wrongChunk::toString);
  }
}
