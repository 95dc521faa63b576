package io.maitred.waitingroom.model.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which room covers a request (contract waiting room 26.1 to 26.3). Immutable; looking up a request
 * that no room covers allocates nothing.
 *
 * @param <T> what is known of a room
 */
public final class RoomIndex<T> {

  private record Route<T>(String path, T value) {
    /** On the boundary of a segment only. */
    boolean covers(String requested) {
      int length = path.length();
      return length == 1
          || (requested.startsWith(path)
              && (requested.length() == length || requested.charAt(length) == '/'));
    }
  }

  /** The routes of one host, the longest path first. */
  private record Host<T>(String name, List<Route<T>> routes) {}

  private final @Nullable List<Host<T>>[] table;

  private RoomIndex(@Nullable List<Host<T>>[] table) {
    this.table = table;
  }

  /** Of no rooms. */
  public static <T> RoomIndex<T> empty() {
    return new RoomIndex<>(emptyTable(0));
  }

  /**
   * Where two rooms have a route in common, the older room has it.
   *
   * @param value what is to be found for a room; called once for each
   */
  public static <T> RoomIndex<T> of(Collection<Room> rooms, Function<Room, T> value) {
    var byHost = new HashMap<String, Map<String, T>>();
    rooms.stream()
        .sorted(Comparator.comparing(Room::createdOn).thenComparing(Room::id))
        .forEach(
            room -> {
              var found = value.apply(room);
              for (var route : routes(room.config())) {
                byHost
                    .computeIfAbsent(host(route.host()), host -> new HashMap<>())
                    .putIfAbsent(path(route.path()), found);
              }
            });
    var index = new RoomIndex<T>(emptyTable(byHost.size()));
    byHost.forEach(index::add);
    return index;
  }

  /** All routes of a room, the main one first. */
  public static List<RoomRoute> routes(RoomConfig config) {
    var all = new ArrayList<RoomRoute>();
    all.add(new RoomRoute(config.host(), config.path()));
    all.addAll(config.additionalRoutes());
    return all;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
  private static <T> @Nullable List<Host<T>>[] emptyTable(int hosts) {
    return new List[Integer.highestOneBit(Math.max(1, 2 * hosts)) * 2];
  }

  private void add(String name, Map<String, T> paths) {
    var routes = new ArrayList<Route<T>>();
    paths.forEach((path, value) -> routes.add(new Route<>(path, value)));
    routes.sort(Comparator.comparing((Route<T> route) -> -route.path().length()));
    int slot = hash(name, name.length()) & (table.length - 1);
    var others = table[slot];
    var all = new ArrayList<Host<T>>(others == null ? List.of() : others);
    all.add(new Host<>(name, List.copyOf(routes)));
    table[slot] = List.copyOf(all);
  }

  private static String host(String name) {
    return name.substring(0, end(name)).toLowerCase(Locale.ROOT);
  }

  private static String path(String path) {
    var normal = RequestPath.normal(path);
    return normal.length() > 1 && normal.endsWith("/")
        ? normal.substring(0, normal.length() - 1)
        : normal;
  }

  /**
   * What covers a request; null for nothing.
   *
   * @param hostHeader with or without port, in any case; possibly empty
   * @param path as sent, without query
   */
  public @Nullable T find(String hostHeader, String path) {
    int end = end(hostHeader);
    var hosts = table[hash(hostHeader, end) & (table.length - 1)];
    if (hosts == null) {
      return null;
    }
    for (int i = 0; i < hosts.size(); i++) {
      var host = hosts.get(i);
      if (host.name().length() == end && hostHeader.regionMatches(true, 0, host.name(), 0, end)) {
        return find(host.routes(), RequestPath.normal(path));
      }
    }
    return null;
  }

  private static <T> @Nullable T find(List<Route<T>> routes, String path) {
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).covers(path)) {
        return routes.get(i).value();
      }
    }
    return null;
  }

  /** Where the name in a host header ends: before the port, and before a trailing dot. */
  private static int end(String hostHeader) {
    int colon = hostHeader.lastIndexOf(':');
    // a colon inside the brackets belongs to an IPv6 address
    int end = colon < 0 || colon < hostHeader.lastIndexOf(']') ? hostHeader.length() : colon;
    return end > 0 && hostHeader.charAt(end - 1) == '.' ? end - 1 : end;
  }

  private static int hash(String text, int end) {
    int hash = 0;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      hash = 31 * hash + (c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return hash ^ (hash >>> 16);
  }
}
