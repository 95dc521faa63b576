package io.maitred.waitingroom.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomIndexTest {
  private static final RoomIndex<String> INDEX =
      RoomIndex.of(
          List.of(
              TestRooms.room(o -> o.id("a".repeat(32)).at("www.example.com", "/shop")),
              TestRooms.room(
                  o -> o.id("b".repeat(32)).at("www.example.com", "/shop/sale").suspend()),
              TestRooms.room(
                  o ->
                      o.id("c".repeat(32))
                          .at("tickets.example.com", "/")
                          .also("x", List.of(new RoomRoute("example.com", "/tickets")))),
              TestRooms.room(o -> o.id("d".repeat(32)).at("[2001:db8::1]", "/caf%c3%a9"))),
          room -> room.id().value().substring(0, 1));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                          host,                 path,                 room
          26.1 exact,                    www.example.com,      /shop,                a
          26.1 any letter case,          WWW.Example.COM,      /shop,                a
          26.1 with port,                www.example.com:8080, /shop,                a
          26.1 trailing dot,             www.example.com.,     /shop,                a
          26.1 trailing dot and port,    www.example.com.:443, /shop,                a
          26.1 no implied www,           example.com,          /shop,
          26.1 other host,               example.org,          /shop,
          26.1 longer host,              wwww.example.com,     /shop,
          no host,                       '',                   /shop,
          only a port,                   ':80',                /shop,
          an additional route,           example.com,          /tickets/1,           c
          IPv6 with port,                '[2001:db8::1]:80',   /caf%C3%A9,           d
          26.2 slash,                    www.example.com,      /shop/,               a
          26.2 sub-path,                 www.example.com,      /shop/a,              a
          26.2 segment boundary,         www.example.com,      /shopping,
          26.2 case-sensitive,           www.example.com,      /Shop,
          26.2 not covered,              www.example.com,      /,
          26.2 root covers all,          tickets.example.com,  /anything/at.all,     c
          26.2 root covers itself,       tickets.example.com,  /,                    c
          26.2 dot segments,             www.example.com,      /x/../shop,           a
          26.2 dot segments out,         www.example.com,      /shop/../x,
          26.2 leading dots,             www.example.com,      /../../shop,          a
          26.2 a dot,                    www.example.com,      /./shop/.,            a
          26.2 escaped letter,           www.example.com,      /%73hop,              a
          26.2 escaped dots,             www.example.com,      /x/%2e%2E/shop,       a
          26.2 decoded once,             www.example.com,      /%2573hop,
          26.2 escaped slash stays,      www.example.com,      /shop%2Fa,
          26.2 file with a dot,          www.example.com,      /shop/.hidden,        a
          26.2 broken escape,            www.example.com,      /shop/%zz%,           a
          26.3 longest path,             www.example.com,      /shop/sale/1,         b
          26.3 suspended wins its path,  www.example.com,      /shop/sale,           b
          26.3 beside the longer,        www.example.com,      /shop/sales,          a
          asterisk form,                 www.example.com,      '*',
          """)
  void find_hostAndPath_isTheMostSpecificRoom(
      String name, String host, String path, String expected) {
    assertEquals(expected, INDEX.find(host, path));
  }

  @Test
  void of_sameRouteTwice_olderRoomHasIt() {
    var both =
        List.of(
            TestRooms.room(o -> o.id("b".repeat(32)).at("a.example.com", "/")),
            TestRooms.room(o -> o.id("a".repeat(32)).at("A.example.com.", "/")));

    assertEquals(
        "a".repeat(32), RoomIndex.of(both, room -> room.id().value()).find("a.example.com", "/x"));
  }

  @Test
  void find_nothing_inAnEmptyIndex() {
    assertNull(RoomIndex.of(List.of(), Room::id).find("www.example.com", "/"));
  }

  @Test
  void find_noRoom_allocatesNothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int lookUps = 100_000;
    misses(lookUps);

    long before = threads.getThreadAllocatedBytes(thread);
    misses(lookUps);
    long allocated = threads.getThreadAllocatedBytes(thread) - before;

    // the measurement itself may take a few bytes
    assertEquals(0, allocated / lookUps);
  }

  private static void misses(int count) {
    for (int i = 0; i < count; i++) {
      if (INDEX.find("www.example.com:9091", "/other/path") != null
          || INDEX.find("nobody.example.com:9091", "/shop") != null) {
        throw new AssertionError("no room covers these");
      }
    }
  }
}
