package io.maitred.waitingroom.model.config;

/** The path of a request as it is compared with those of rooms (contract waiting room 26.2). */
final class RequestPath {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private RequestPath() {}

  /**
   * The path without dot segments; escapes of characters that need none are decoded, once, all
   * others get upper-case digits. The usual path is returned as it is.
   *
   * @param path as sent, without query
   */
  static String normal(String path) {
    boolean escaped = path.indexOf('%') >= 0;
    if (!escaped && !path.contains("/.")) {
      return path;
    }
    var decoded = escaped ? decoded(path) : path;
    return decoded.contains("/.") ? withoutDots(decoded) : decoded;
  }

  private static String decoded(String path) {
    var out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      int octet = c == '%' && i + 2 < path.length() ? octet(path, i + 1) : -1;
      if (octet < 0) {
        out.append(c);
      } else {
        if (isUnreserved(octet)) {
          out.append((char) octet);
        } else {
          out.append('%').append(HEX[octet >> 4]).append(HEX[octet & 15]);
        }
        i += 2;
      }
    }
    return out.toString();
  }

  private static int octet(String path, int at) {
    int high = Character.digit(path.charAt(at), 16);
    int low = Character.digit(path.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : (high << 4) | low;
  }

  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** RFC 3986 section 5.2.4, for a path that starts with a slash. */
  private static String withoutDots(String path) {
    var out = new StringBuilder(path.length());
    int at = 0;
    while (at < path.length()) {
      int next = path.indexOf('/', at + 1);
      int end = next < 0 ? path.length() : next;
      boolean isLast = next < 0;
      var segment = path.substring(at, end);
      switch (segment) {
        case "/." -> out.append(isLast ? "/" : "");
        case "/.." -> {
          out.setLength(Math.max(0, out.lastIndexOf("/")));
          out.append(isLast ? "/" : "");
        }
        default -> out.append(segment);
      }
      at = end;
    }
    return out.toString();
  }
}
