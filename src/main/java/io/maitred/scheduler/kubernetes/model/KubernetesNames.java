package io.maitred.scheduler.kubernetes.model;

import io.maitred.common.ServiceId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** How services, users and ports are called in Kubernetes (contract waiter 9.7). */
public final class KubernetesNames {

  /** Kubernetes appends a dash and five characters to the name of a ReplicaSet for each pod. */
  public static final int POD_SUFFIX = 6;

  /** The most that a label may have. */
  public static final int MAX_LABEL = 63;

  /** Below this there is no place for a whole hash and a name. */
  private static final int SHORT = 48;

  private static final Pattern HASHED = Pattern.compile("(?:(.*)-)?([0-9a-f]{32})");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@-]{0,62}");

  private KubernetesNames() {}

  /**
   * The name of a service's ReplicaSet: what is left of the id without the prefix, and its hash. An
   * id that does not end in a hash gets one, so that no two services share a name.
   *
   * @param prefix of all service ids
   * @param maxLength of a pod's name, at least 24
   */
  public static String app(ServiceId id, String prefix, int maxLength) {
    int available = maxLength - POD_SUFFIX;
    var own = withoutPrefix(id, prefix);
    var matcher = HASHED.matcher(own);
    var name = matcher.matches() ? matcher.group(1) : own;
    var hash = hash(id);
    if (available < SHORT) {
      hash = hash.substring(0, 8) + hash.substring(24);
    }
    var part = name == null ? "" : part(name, available - hash.length() - 1);
    return part.isEmpty() ? hash : part + "-" + hash;
  }

  /** 32 hexadecimal digits: those of the id, or made of it. */
  public static String hash(ServiceId id) {
    var matcher = HASHED.matcher(id.value());
    return matcher.matches() ? matcher.group(2) : md5(id.value());
  }

  private static String withoutPrefix(ServiceId id, String prefix) {
    var value = id.value();
    return value.startsWith(prefix) ? value.substring(prefix.length()) : value;
  }

  private static String part(String name, int length) {
    var clean =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    return clean.substring(0, Math.min(clean.length(), length)).replaceAll("-+$", "");
  }

  /** What is left of a text as the value of a label; other characters become dashes. */
  public static String label(String text) {
    var clean = text.replaceAll("[^A-Za-z0-9._-]", "-");
    return clean
        .substring(0, Math.min(clean.length(), MAX_LABEL))
        .replaceAll("^[^A-Za-z0-9]+|[^A-Za-z0-9]+$", "");
  }

  /** Whether a user's name can be part of a path in a container. */
  public static boolean isUser(String user) {
    return USER.matcher(user).matches();
  }

  /** PORT0 of a service: spread over a thousand ports, so that few pods of one host share one. */
  public static int port(ServiceId id, int base) {
    return base + 10 * Math.floorMod(id.value().hashCode(), 100);
  }

  private static String md5(String text) {
    try {
      var digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("MD5 is part of every Java runtime", e);
    }
  }
}
