package io.maitred.http.waiter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.headers.RawHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every endpoint says to requests that are wrong. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestsTest {
  private final ApiFixture api = new ApiFixture();

  @BeforeAll
  void warmUp() {
    assertEquals(200, api.get("/status").status().intValue());
  }

  @AfterAll
  void close() {
    api.close();
  }

  @ParameterizedTest(name = "{0} {1} [{2}: {3}] -> {4} {5}")
  @CsvSource(
      useHeadersInDisplayName = true,
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          method  | target                                            | header               | value                   | status | message
          GET     | /nothing                                          | -                    | -                       | 404    | Not found
          POST    | /nothing                                          | -                    | -                       | 404    | Not found
          GET     | /status/x                                         | -                    | -                       | 404    | Not found
          GET     | /status/                                          | -                    | -                       | 404    | Not found
          GET     | //                                                | -                    | -                       | 404    | Not found
          GET     | /apps/                                            | -                    | -                       | 404    | Not found
          GET     | /apps/x/y                                         | -                    | -                       | 404    | Not found
          GET     | /service-id/x                                     | -                    | -                       | 404    | Not found
          GET     | /waiter-ping/x                                    | -                    | -                       | 404    | Not found
          GET     | /settings/x                                       | -                    | -                       | 404    | Not found
          GET     | /state/a/b                                        | -                    | -                       | 404    | Not found
          GET     | /favicon.png                                      | -                    | -                       | 404    | Not found
          GET     | /blacklist                                        | -                    | -                       | 404    | Not found
          GET     | /service-name                                     | -                    | -                       | 404    | Not found
          GET     | /waiter-auth/x                                    | -                    | -                       | 404    | Not found
          GET     | /.well-known/auth                                 | -                    | -                       | 404    | Not found
          GET     | /.well-known/auth/other                           | -                    | -                       | 404    | Not found
          POST    | /                                                 | -                    | -                       | 405    | Only GET supported
          PUT     | /                                                 | -                    | -                       | 405    | Only GET supported
          DELETE  | /                                                 | -                    | -                       | 405    | Only GET supported
          HEAD    | /                                                 | -                    | -                       | 405    | Only GET supported
          OPTIONS | /                                                 | -                    | -                       | 405    | Only GET supported
          POST    | /favicon.ico                                      | -                    | -                       | 405    | Only GET supported
          POST    | /settings                                         | -                    | -                       | 405    | Only GET supported
          DELETE  | /settings                                         | -                    | -                       | 405    | Only GET supported
          POST    | /apps                                             | -                    | -                       | 405    | Only GET supported
          DELETE  | /apps                                             | -                    | -                       | 405    | Only GET supported
          PATCH   | /apps                                             | -                    | -                       | 405    | Only GET supported
          POST    | /state                                            | -                    | -                       | 405    | Only GET supported
          POST    | /state/maintainer                                 | -                    | -                       | 405    | Only GET supported
          POST    | /state/leader                                     | -                    | -                       | 405    | Only GET supported
          PUT     | /state/waiter-service-shop                        | -                    | -                       | 405    | Only GET supported
          POST    | /.well-known/auth/expires-at                      | -                    | -                       | 405    | Only GET supported
          POST    | /apps/waiter-service-shop                         | -                    | -                       | 405    | Invalid request method
          PUT     | /apps/waiter-service-shop                         | -                    | -                       | 405    | Invalid request method
          HEAD    | /apps/waiter-service-shop                         | -                    | -                       | 405    | Invalid request method
          GET     | /apps/unknown                                     | -                    | -                       | 404    | Service not found
          DELETE  | /apps/unknown                                     | -                    | -                       | 404    | Service not found
          GET     | /apps/%20                                         | -                    | -                       | 404    | Service not found
          DELETE  | /apps/%20                                         | -                    | -                       | 404    | Service not found
          GET     | /state/unknown                                    | -                    | -                       | 404    | Service not found
          GET     | /state/%20                                        | -                    | -                       | 404    | Service not found
          GET     | /state/kv-store                                   | -                    | -                       | 404    | Service not found
          DELETE  | /apps/waiter-service-shop?timeout=x               | -                    | -                       | 400    | timeout must be an integer
          DELETE  | /apps/waiter-service-shop?timeout=                | -                    | -                       | 400    | timeout must be an integer
          DELETE  | /apps/waiter-service-shop?timeout=1.5             | -                    | -                       | 400    | timeout must be an integer
          DELETE  | /apps/waiter-service-shop?timeout=99999999999999999999 | -               | -                       | 400    | timeout must be an integer
          DELETE  | /apps/unknown?timeout=x                           | -                    | -                       | 400    | timeout must be an integer
          DELETE  | /apps/waiter-service-other                        | -                    | -                       | 403    | User not allowed to delete service
          DELETE  | /apps/waiter-service-other?timeout=5              | -                    | -                       | 403    | User not allowed to delete service
          POST    | /apps/waiter-service-other/instance/i/kill        | -                    | -                       | 403    | User not allowed to kill instance
          POST    | /apps/waiter-service-other/instance/i/expire      | -                    | -                       | 403    | User not allowed to expire instance
          POST    | /apps/waiter-service-shop/instance/i/kill?timeout=0   | -                | -                       | 400    | Invalid timeout specified: 0
          POST    | /apps/waiter-service-shop/instance/i/kill?timeout=-5  | -                | -                       | 400    | Invalid timeout specified: -5
          POST    | /apps/waiter-service-shop/instance/i/kill?timeout=x   | -                | -                       | 400    | Invalid timeout specified: x
          POST    | /apps/waiter-service-shop/instance/i/kill?timeout=    | -                | -                       | 400    | Invalid timeout specified:
          POST    | /apps/waiter-service-shop/instance/i/kill?timeout=1e3 | -                | -                       | 400    | Invalid timeout specified: 1e3
          POST    | /apps/waiter-service-shop/instance/i/expire?timeout=9999999999 | -       | -                       | 400    | Invalid timeout specified: 9999999999
          POST    | /apps/waiter-service-shop/instance/i/pause        | -                    | -                       | 404    | Not found
          POST    | /apps/waiter-service-shop/instance/i              | -                    | -                       | 404    | Not found
          POST    | /apps/waiter-service-shop/instance/kill           | -                    | -                       | 404    | Not found
          GET     | /service-id                                       | -                    | -                       | 400    | Unable to identify service using waiter headers/token
          POST    | /app-name                                         | x-waiter-token       | nothing                 | 400    | Unable to identify service using waiter headers/token
          GET     | /service-id                                       | x-waiter-token       | away                    | 503    | Under repair
          GET     | /app-name                                         | x-waiter-token       | away                    | 503    | Under repair
          GET     | /service-id                                       | x-waiter-single-user | unauthorized            | 401    | Unauthorized
          GET     | /service-id                                       | x-waiter-single-user | forbidden               | 403    | Forbidden
          GET     | /apps                                             | authorization        | SingleUser unauthorized | 401    | Unauthorized
          GET     | /apps                                             | authorization        | SingleUser forbidden    | 403    | Forbidden
          GET     | /apps                                             | authorization        | SingleUser dance        | 400    | Invalid SingleUser authorization: dance
          GET     | /apps/waiter-service-shop                         | authorization        | SingleUser unauthorized | 401    | Unauthorized
          DELETE  | /apps/waiter-service-shop                         | authorization        | SingleUser forbidden    | 403    | Forbidden
          POST    | /apps/waiter-service-shop/instance/i/kill         | authorization        | SingleUser forbidden    | 403    | Forbidden
          GET     | /settings                                         | authorization        | SingleUser unauthorized | 401    | Unauthorized
          GET     | /state                                            | authorization        | SingleUser unauthorized | 401    | Unauthorized
          GET     | /state/maintainer                                 | authorization        | SingleUser forbidden    | 403    | Forbidden
          GET     | /waiter-auth                                      | authorization        | SingleUser unauthorized | 401    | Unauthorized
          GET     | /waiter-ping                                      | authorization        | SingleUser unauthorized | 401    | Unauthorized
          """)
  void refused(
      String method,
      String target,
      @Nullable String header,
      @Nullable String value,
      int status,
      String message) {
    var request = ApiFixture.request(method, target);
    if (header != null && value != null) {
      request = request.addHeader(RawHeader.create(header, value));
    }
    var response = api.send(request);
    var body = api.json(response);
    assertEquals(status, response.status().intValue(), String.valueOf(body));
    assertEquals(message, String.valueOf(ApiFixture.at(body, "waiter-error", "message")).strip());
    assertEquals(status, ApiFixture.at(body, "waiter-error", "status"));
    assertTrue(response.getHeader("x-cid").isPresent());
    assertEquals("maitred/test", response.getHeader("server").orElseThrow().value());
    assertEquals(
        status == 401,
        response.getHeader("www-authenticate").isPresent(),
        "only 401 asks for credentials");
    assertTrue(api.apps.calls.isEmpty(), "nothing was ordered: " + api.apps.calls);
  }
}
