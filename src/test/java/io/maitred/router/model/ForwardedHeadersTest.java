package io.maitred.router.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedHeadersTest {

  @ParameterizedTest(name = "{0}: to the backend {1}, to the client {2}")
  @CsvSource({
    "accept, true, true",
    "user-agent, true, true",
    "host, true, true",
    "if-match, true, true",
    "set-cookie, true, true",
    "x-forwarded-proto, true, true",
    "x-waiter, true, true",
    "x-waiter-debug, false, true",
    "x-waiter-auth-principal, false, true",
    "authorization, false, true",
    "expect, false, true",
    "via, false, true",
    "x-cid, false, false",
    "content-length, false, false",
    "connection, false, false",
    "keep-alive, false, false",
    "proxy-authenticate, false, false",
    "proxy-authorization, false, false",
    "te, false, false",
    "trailer, false, false",
    "trailers, false, false",
    "transfer-encoding, false, false",
    "upgrade, false, false",
  })
  void passes(String name, boolean toBackend, boolean toClient) {
    assertEquals(toBackend, ForwardedHeaders.passesToBackend(name));
    assertEquals(toClient, ForwardedHeaders.passesToClient(name));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      useHeadersInDisplayName = true,
      textBlock =
          """
          case                | cookie                                    | kept
          none of ours        | a=b;c=d                                   | a=b;c=d
          session             | x-waiter-auth=1                           |
          session in between  | a=b; x-waiter-auth=1;c=d                  | a=b; c=d
          expiry              | x-auth-expires-at=1; a=b                  | a=b
          challenge           | x-waiter-oidc-challenge-42=z; a=b         | a=b
          similar name        | x-waiter-authority=1; x-waiter-auth=2     | x-waiter-authority=1
          our name as a value | a=x-waiter-auth                           | a=x-waiter-auth
          """)
  void cookie(String name, String cookie, String kept) {
    assertEquals(kept, ForwardedHeaders.cookie(cookie));
  }

  @Test
  void namedIn_keepsOnlyWhatIsNew() {
    assertEquals(Set.of(), ForwardedHeaders.namedIn("Keep-Alive"));
    assertEquals(Set.of(), ForwardedHeaders.namedIn("close"));
    assertEquals(
        Set.of("x-a", "x-b"), ForwardedHeaders.namedIn("close, X-A ,,x-b, Upgrade,keep-alive"));
  }

  @Test
  void setCookie_ofOurNamesIsTheRouters() {
    assertEquals(true, ForwardedHeaders.passesSetCookie("session=1"));
    assertEquals(false, ForwardedHeaders.passesSetCookie("x-waiter-auth=1; Path=/"));
    assertEquals(false, ForwardedHeaders.passesSetCookie("x-auth-expires-at=1"));
  }

  @Test
  void via_isAppended() {
    assertEquals("1.1 m", ForwardedHeaders.via(null, "1.1 m"));
    assertEquals("1.1 m", ForwardedHeaders.via(" ", "1.1 m"));
    assertEquals("1.0 edge, 1.1 m", ForwardedHeaders.via("1.0 edge", "1.1 m"));
  }

  @Test
  void user_isThePrincipalWithoutItsDomain() {
    assertEquals("alice", ForwardedHeaders.user("alice@EXAMPLE.COM"));
    assertEquals("alice", ForwardedHeaders.user("alice"));
  }
}
