package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassificationTest {
  private final Classification classification = new Classification(Set.of("Maitred.example"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                                   path,                               host,                 service headers, expected
          welcome page,                           /,                                  localhost:9091,       false, API
          a token header on localhost,            /,                                  localhost:9091,       true,  PROXIED
          another host,                           /,                                  shop:9091,            false, PROXIED
          another host without port,              /apps,                              shop,                 false, PROXIED
          configured hostname,                    /apps,                              maitred.example:80,   false, API
          hostnames ignore case,                  /apps,                              MAITRED.EXAMPLE,      false, API
          blank host,                             /anything,                          '',                   false, API
          blank host with port,                   /anything,                          ':9091',              false, API
          loopback address,                       /status,                            127.0.0.1:9091,       false, API
          loopback address of IPv6,               /status,                            '[::1]:9091',         false, API
          loopback address of IPv6 without port,  /status,                            '[::1]',              false, API
          another IPv6 address,                   /status,                            '[2001:db8::1]:80',   false, PROXIED
          service id on a token host,             /service-id,                        shop,                 true,  API
          app name on a token host,               /app-name,                          shop,                 true,  API
          token on a token host,                  /token,                             shop,                 true,  API
          tokens on a token host,                 /tokens,                            shop,                 false, PROXIED
          ping on a token host,                   /waiter-ping,                       shop,                 true,  API
          below ping,                             /waiter-ping/x,                     shop,                 false, PROXIED
          expiry of the cookie,                   /.well-known/auth/expires-at,       shop,                 true,  API
          keep-alive of the cookie,               /.well-known/auth/keep-alive,       shop,                 true,  API
          OpenID,                                 /.well-known/oidc/v1/openid-enabled,shop,                 true,  API
          OpenID callback,                        /oidc/v1/callback,                  shop,                 true,  API
          async status,                           /waiter-async/status/a/b,           shop,                 true,  API
          async result of version 2,              /waiter-async/v2/result/a,          shop,                 false, API
          async complete,                         /waiter-async/complete/a/b,         shop,                 false, API
          unknown async goal,                     /waiter-async/other/a,              shop,                 false, PROXIED
          async goal without parts,               /waiter-async/status,               shop,                 false, PROXIED
          below waiter-auth,                      /waiter-auth/x,                     shop,                 true,  API
          waiter-auth on a token host,            /waiter-auth,                       shop,                 false, PROXIED
          consent,                                /waiter-consent,                    shop,                 true,  API
          consent page,                           /waiter-consent/a/b,                shop,                 false, API
          consent cookie,                         /waiter-consent-cookie,             shop,                 false, API
          interstitial,                           /waiter-interstitial/x,             shop,                 false, API
          a path that only begins like the API,   /tokenizer,                         shop,                 false, PROXIED
          rooms on an own host,                   /client/v4/zones,                   localhost:9091,       false, API
          that path on the host of a room,        /client/v4/zones,                   shop,                 false, PROXIED
          preview on an own host,                 /preview/x,                         maitred.example,      false, API
          that path on the host of a room,        /preview/x,                         shop,                 false, PROXIED
          """)
  void classify(String name, String path, String host, boolean headers, String expected) {
    assertEquals(
        Classification.Kind.valueOf(expected), classification.of(path, host, headers), name);
  }

  @Test
  void debugHeader_isNoServiceHeader() {
    var plain = HttpRequest.GET("/").addHeader(RawHeader.create("x-waiter-debug", "true"));
    assertFalse(RequestContext.of(plain, Clock.systemUTC()).hasServiceHeaders());
    var service = plain.addHeader(RawHeader.create("X-Waiter-Token", "shop"));
    assertTrue(RequestContext.of(service, Clock.systemUTC()).hasServiceHeaders());
  }
}
