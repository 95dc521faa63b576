package io.maitred.http.waitingroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.headers.RawHeader;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.AddressRange;
import io.maitred.common.InvalidSettingException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
  private static final ClientAddress BEHIND_PROXIES = from("[\"10.0.0.0/8\", \"2001:db8:1::/48\"]");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                  connection,      forwarded for,                    address
          directly,              203.0.113.9,     ,                                 203.0.113.9
          says something,        203.0.113.9,     198.51.100.1,                     203.0.113.9
          by a proxy,            10.1.2.3,        198.51.100.1,                     198.51.100.1
          by two proxies,        10.1.2.3,        '198.51.100.1, 10.9.9.9',         198.51.100.1
          lies before a proxy,   10.1.2.3,        '1.2.3.4, 198.51.100.1,10.9.9.9', 198.51.100.1
          nonsense,              10.1.2.3,        unknown,
          a name,                10.1.2.3,        localhost,
          proxies only,          10.1.2.3,        10.9.9.9,                         10.1.2.3
          proxy says nothing,    10.1.2.3,        ,                                 10.1.2.3
          IPv6,                  2001:db8:1::5,   2001:db8:2::7,                    2001:db8:2::7
          IPv4 written as IPv6,  ::ffff:10.1.2.3, 198.51.100.1,                     198.51.100.1
          no connection known,   ,                198.51.100.1,
          """)
  void of_request(String name, String peer, String forwardedFor, String expected) throws Exception {
    var request = HttpRequest.GET("/");
    if (peer != null) {
      request =
          request.addAttribute(
              AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName(peer)));
    }
    if (forwardedFor != null) {
      request = request.addHeader(RawHeader.create("X-Forwarded-For", forwardedFor));
    }

    var address = BEHIND_PROXIES.of(request).map(InetAddress::getHostAddress).orElse(null);

    assertEquals(
        expected == null ? null : InetAddress.getByName(expected).getHostAddress(), address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0/8", "proxy.example.com", "::1/129", "1.2.3.4/x", ""})
  void from_noNetwork_isRefused(String text) {
    assertThrows(InvalidSettingException.class, () -> from("[\"" + text + "\"]"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "203.0.113.0/24, 203.0.113.255, true",
    "203.0.113.0/24, 203.0.114.0,   false",
    "203.0.113.0/25, 203.0.113.127, true",
    "203.0.113.0/25, 203.0.113.128, false",
    "128.0.0.0/1,    255.0.0.1,     true",
    "128.0.0.0/1,    127.0.0.1,     false",
    "0.0.0.0/0,      9.9.9.9,       true",
    "0.0.0.0/0,      ::1,           false",
    "203.0.113.7,    203.0.113.7,   true",
    "203.0.113.7,    203.0.113.8,   false",
    "2001:db8::/33,  2001:db8:7fff::1, true",
    "2001:db8::/33,  2001:db8:8000::1, false"
  })
  void range_contains(String range, String address, boolean expected) throws Exception {
    assertEquals(
        expected, AddressRange.of(range).orElseThrow().contains(InetAddress.getByName(address)));
  }

  @Test
  void crawlers_shippedConfiguration_isReadable() throws Exception {
    var crawlers = Crawlers.from(ConfigFactory.load());

    assertTrue(
        crawlers.include(
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            InetAddress.getByName("66.249.66.1")));
    // one crawler's user agent from another's network
    assertFalse(crawlers.include("bingbot/2.0", InetAddress.getByName("66.249.66.1")));
  }

  @Test
  void crawlers_wrong_areRefused() {
    for (var wrong :
        new String[] {
          "[{ user-agent = x }]",
          "[{ user-agent = \" \", networks = [] }]",
          "[{ user-agent = x, networks = [example.com] }]",
          "7"
        }) {
      var config = ConfigFactory.parseString("maitred.waiting-room.crawlers = " + wrong);
      assertThrows(InvalidSettingException.class, () -> Crawlers.from(config), wrong);
    }
  }

  private static ClientAddress from(String trusted) {
    return ClientAddress.from(
        ConfigFactory.parseString(
            "maitred.waiting-room.client-address { trusted-proxies = "
                + trusted
                + ", country-header = X-Country, autonomous-system-header = X-AS }"));
  }
}
