package io.maitred.http.waiter;

import static io.maitred.http.waiter.ApiFixture.OTHER;
import static io.maitred.http.waiter.ApiFixture.SHOP;
import static io.maitred.http.waiter.ApiFixture.at;
import static io.maitred.http.waiter.ApiFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceActionRoutesTest {
  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  private HttpResponse post(String target, String body) {
    return api.send(request("POST", target).withEntity(ContentTypes.APPLICATION_JSON, body));
  }

  @Test
  void override_isStoredShownAndCleared() {
    var path = "/apps/" + SHOP + "/override";
    assertEquals(
        Map.of("overrides", Map.of(), "service-id", SHOP.value()), api.json(api.get(path)));

    var done = post(path, "{\"concurrency-level\": 3}");
    assertEquals(200, done.status().intValue());
    assertEquals(Map.of("service-id", SHOP.value(), "success", true), api.json(done));
    assertEquals(
        Map.of(
            "overrides",
            Map.of("concurrency-level", 3),
            "last-updated-by",
            "alice",
            "time",
            "2024-01-31T10:20:30.123Z",
            "service-id",
            SHOP.value()),
        api.json(api.get(path)));

    assertEquals(200, api.send(request("DELETE", path)).status().intValue());
    assertEquals(Map.of(), at(api.json(api.get(path)), "overrides"));
  }

  @Test
  void suspendAndResume_answerWithTheAction() {
    assertEquals(
        Map.of("action", "suspend", "service-id", SHOP.value(), "success", true),
        api.json(api.get("/apps/" + SHOP + "/suspend")));
    assertEquals(true, at(shown(), "service-suspended-state", "suspended"));
    assertEquals("alice", at(shown(), "service-suspended-state", "last-updated-by"));

    assertEquals(
        Map.of("action", "resume", "service-id", SHOP.value(), "success", true),
        api.json(api.get("/apps/" + SHOP + "/resume")));
    assertEquals(false, at(shown(), "service-suspended-state", "suspended"));
  }

  private @Nullable Object shown() {
    return api.json(api.get("/apps/" + SHOP));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,            service,              goal,    reached, exists, healthy
          a healthy one,   waiter-service-shop,  healthy, true,    true,   true
          none healthy,    waiter-service-other, healthy, false,   true,   false
          it exists,       waiter-service-other, exist,   true,    true,   false
          it still exists, waiter-service-other, deleted, false,   true,   false
          never seen,      waiter-service-none,  deleted, true,    false,  false
          """)
  void await_tellsWhetherTheGoalIsReached(
      String name, String service, String goal, boolean reached, boolean exists, boolean healthy) {
    var answer = api.json(api.get("/apps/" + service + "/await/" + goal + "?timeout=100"));
    assertEquals(
        Map.of(
            "goal-state", goal,
            "goal-success?", reached,
            "service-exists?", exists,
            "service-healthy?", healthy,
            "service-id", service),
        answer);
  }

  @Test
  void ejected_listsThisRoutersInstances() {
    assertEquals(
        Map.of("ejected-instances", List.of(SHOP + ".a")), api.json(api.get("/ejected/" + SHOP)));
    assertEquals(Map.of("ejected-instances", List.of()), api.json(api.get("/ejected/" + OTHER)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      textBlock =
          """
          case                | method | target                                            | body                  | status | message
          fixed parameter     | POST   | /apps/waiter-service-shop/override                | {"cmd":"x","mem":1}   | 400    | Cannot override the following parameter(s): cmd, mem
          bad value           | POST   | /apps/waiter-service-shop/override                | {"min-instances":0}   | 400    |
          no object           | POST   | /apps/waiter-service-shop/override                | []                    | 400    | Invalid JSON payload
          no body             | POST   | /apps/waiter-service-shop/override                |                       | 400    | Invalid JSON payload
          somebody else's     | POST   | /apps/waiter-service-other/override               | {}                    | 403    | User not allowed to override service
          somebody else's     | DELETE | /apps/waiter-service-other/override               |                       | 403    | User not allowed to override service
          other method        | PUT    | /apps/waiter-service-shop/override                |                       | 405    | Only GET, POST and DELETE supported
          unknown service     | GET    | /apps/nothing/override                            |                       | 404    | Service not found
          unknown service     | GET    | /apps/nothing/suspend                             |                       | 404    | Service not found
          somebody else's     | GET    | /apps/waiter-service-other/suspend                |                       | 403    | User not allowed to suspend service
          somebody else's     | GET    | /apps/waiter-service-other/resume                 |                       | 403    | User not allowed to resume service
          other method        | PUT    | /apps/waiter-service-shop/suspend                 |                       | 405    | Only GET and POST supported
          no timeout          | GET    | /apps/waiter-service-shop/await/healthy           |                       | 400    | timeout must be an integer, and not negative
          wordy timeout       | GET    | /apps/waiter-service-shop/await/healthy?timeout=x |                       | 400    | timeout must be an integer
          unknown goal        | GET    | /apps/waiter-service-shop/await/rich?timeout=1    |                       | 400    | Unknown goal state: rich
          wordy pause         | GET    | /apps/waiter-service-shop/await/exist?timeout=1&sleep-duration=y | | 400 | sleep-duration must be an integer
          other method        | POST   | /ejected/waiter-service-shop                      |                       | 405    | Only GET supported
          """)
  void wrongRequests_areToldWhy(
      String name, String method, String target, String body, int status, String message) {
    var response = body == null ? api.send(request(method, target)) : sent(method, target, body);
    assertEquals(status, response.status().intValue());
    if (message != null) {
      assertEquals(message, at(api.json(response), "waiter-error", "message"));
    }
  }

  private HttpResponse sent(String method, String target, String body) {
    return api.send(request(method, target).withEntity(ContentTypes.APPLICATION_JSON, body));
  }
}
