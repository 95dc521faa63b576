package io.maitred.waitingroom.model.config;

import java.util.List;

/**
 * A name space of rooms, and the hosts that they may protect (contract waiting room 22.4).
 *
 * @param id 32 lower-case hexadecimal digits
 * @param hosts lower-case host names; {@code *.} in front stands for all names below, {@code *}
 *     alone for any host
 * @param alwaysHttps whether users reach these hosts by HTTPS only, so that cookies may be secure
 */
public record KnownZone(
    String id, String name, Account account, List<String> hosts, boolean alwaysHttps) {

  /** The zone of an installation that names none. */
  public static final KnownZone DEFAULT =
      new KnownZone(
          KnownZones.idOf("zone", "default"), "default", Account.DEFAULT, List.of("*"), false);

  public KnownZone {
    hosts = List.copyOf(hosts);
  }

  /**
   * Whether a room of this zone may protect a host.
   *
   * @param host lower case, without port
   */
  public boolean takes(String host) {
    for (var pattern : hosts) {
      boolean fits =
          pattern.startsWith("*") ? host.endsWith(pattern.substring(1)) : host.equals(pattern);
      if (fits) {
        return true;
      }
    }
    return false;
  }
}
