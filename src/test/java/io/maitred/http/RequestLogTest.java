package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestLogTest {
  private static final Instant NOW = Instant.parse("2024-01-31T10:20:30.123Z");

  private final RequestContext context =
      RequestContext.of(
          HttpRequest.GET("http://shop/a?b=c")
              .addHeader(RawHeader.create("host", "shop"))
              .addHeader(RawHeader.create("x-cid", "quote\" and \\")),
          Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void line_ofAPlainRequest_leavesOutWhatIsNotKnown() {
    var line = line(404);
    assertEquals("quote\" and \\", line.get("cid"));
    assertEquals("waiter-api", line.get("request-type"));
    assertEquals("2024-01-31T10:20:30.123Z", line.get("request-time"));
    assertEquals("shop", line.get("host"));
    assertEquals("GET", line.get("method"));
    assertEquals("/a", line.get("path"));
    assertEquals("b=c", line.get("query-string"));
    assertEquals(404, line.get("status"));
    assertEquals(1000, line.get("handle-request-latency-ns"));
    for (var absent : List.of("principal", "token", "service-id", "instance-id", "error-class")) {
      assertFalse(line.containsKey(absent), absent);
    }
  }

  @Test
  void line_ofAProxiedRequest_tellsItsWay() {
    var id = new ServiceId("s");
    var known = context.known();
    known.requestType("waiter-proxy");
    known.caller(new Caller("alice@REALM", "single-user"));
    known.tokens(List.of("one", "two"), null);
    known.serviceId(id);
    known.fallbackTriggered(true);
    known.reserved(
        new Instance(
            new InstanceId("s.1"),
            id,
            "127.0.0.2",
            10001,
            List.of(),
            NOW,
            Instance.Health.HEALTHY,
            null,
            Set.of(),
            null,
            null,
            null,
            Map.of()),
        "http",
        30);
    known.backendAnswered(40);
    known.failed("waiter.StreamFailure");
    var line = line(502);
    assertEquals("alice@REALM", line.get("principal"));
    assertEquals("one,two", line.get("token"));
    assertEquals("s", line.get("service-id"));
    assertEquals("s.1", line.get("instance-id"));
    assertEquals("127.0.0.2", line.get("instance-host"));
    assertEquals(10001, line.get("instance-port"));
    assertEquals("http", line.get("instance-proto"));
    assertEquals(30, line.get("get-instance-latency-ns"));
    assertEquals(40, line.get("backend-response-latency-ns"));
    assertEquals(true, line.get("fallback-triggered"));
    assertEquals("waiter.StreamFailure", line.get("error-class"));
  }

  private Map<String, Object> line(int status) {
    var line = RequestLog.line(context, status, context.arrivedNanos() + 1000);
    return JsonBody.parseObject(line.getBytes(StandardCharsets.UTF_8));
  }
}
