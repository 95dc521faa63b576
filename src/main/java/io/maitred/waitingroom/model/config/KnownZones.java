package io.maitred.waitingroom.model.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The zones of an installation. While it names none, there is one for any host, and every id that
 * has the form of an id is taken for one of a zone or an account.
 */
public final class KnownZones {
  /** Of an installation that names no zone. */
  public static final KnownZones ANY = new KnownZones(List.of(KnownZone.DEFAULT), true);

  private static final int ID_BYTES = 16;

  private final List<KnownZone> listed;
  private final boolean open;

  private KnownZones(List<KnownZone> listed, boolean open) {
    this.listed = List.copyOf(listed);
    this.open = open;
  }

  /** These and no others; {@link #ANY} for none. */
  public static KnownZones of(List<KnownZone> zones) {
    return zones.isEmpty() ? ANY : new KnownZones(zones, false);
  }

  /** Zones that have a name, in the order of the configuration. */
  public List<KnownZone> listed() {
    return listed;
  }

  /** Their accounts, each once. */
  public List<Account> accounts() {
    return listed.stream().map(KnownZone::account).distinct().toList();
  }

  /** Whether every id is taken for that of a zone. */
  public boolean isOpen() {
    return open;
  }

  public Optional<KnownZone> find(String id) {
    var named = listed.stream().filter(zone -> zone.id().equals(id)).findFirst();
    return named.isPresent() || !open || !isId(id)
        ? named
        : Optional.of(new KnownZone(id, id, Account.DEFAULT, List.of("*"), false));
  }

  public Optional<Account> account(String id) {
    var named = accounts().stream().filter(account -> account.id().equals(id)).findFirst();
    return named.isPresent() || !open || !isId(id) ? named : Optional.of(new Account(id, id));
  }

  /** Whether rooms of a zone are those of an account; where every id is taken, they always are. */
  public boolean belongs(String zone, Account account) {
    return open || find(zone).filter(found -> found.account().equals(account)).isPresent();
  }

  /**
   * Whether rooms of a zone may protect a host.
   *
   * @param host lower case, without port
   */
  public boolean takes(String zone, String host) {
    return find(zone).filter(found -> found.takes(host)).isPresent();
  }

  /** Whether a text is 32 lower-case hexadecimal digits. */
  public static boolean isId(String text) {
    return text.length() == 2 * ID_BYTES
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The id of what has a name, the same on every node and for ever. */
  public static String idOf(String kind, String name) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest((kind + ":" + name).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
    }
  }
}
