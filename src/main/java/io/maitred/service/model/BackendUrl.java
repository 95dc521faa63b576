package io.maitred.service.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One server of a fixed service: an absolute http or https URL that ends with its port.
 *
 * @param secure https
 * @param host a name or an address, in lower case; IPv6 without brackets
 * @param port 1 to 65535
 */
public record BackendUrl(boolean secure, String host, int port) {
  private static final Pattern URL =
      Pattern.compile("(https?)://(\\[[^\\]]*\\]|[^:\\[\\]]+)(?::([0-9]{1,5}))?");
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*\\.?");
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
  private static final int LONGEST_NAME = 253;
  private static final int HIGHEST_PORT = 65_535;

  /** Empty when the text is not such a URL, or has anything after the port. */
  public static Optional<BackendUrl> parse(String text) {
    var parts = URL.matcher(text.toLowerCase(Locale.ROOT));
    if (!parts.matches() || !isHost(parts.group(2))) {
      return Optional.empty();
    }
    boolean secure = parts.group(1).equals("https");
    int port = parts.group(3) == null ? defaultPort(secure) : Integer.parseInt(parts.group(3));
    var host = parts.group(2);
    var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return port < 1 || port > HIGHEST_PORT
        ? Optional.empty()
        : Optional.of(new BackendUrl(secure, bare, port));
  }

  /** As in {@code backend-proto}. */
  public String protocol() {
    return secure ? "https" : "http";
  }

  /** With its port, even the usual one. */
  @Override
  public String toString() {
    return protocol() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static int defaultPort(boolean secure) {
    return secure ? 443 : 80;
  }

  private static boolean isHost(String host) {
    if (host.startsWith("[")) {
      return isIpv6(host);
    }
    // Resolvers read short forms such as 127.1 as addresses: what looks like one has to be whole.
    return NUMERIC.matcher(host).matches()
        ? IPV4.matcher(host).matches()
        : host.length() <= LONGEST_NAME && NAME.matcher(host).matches();
  }

  /** With brackets; zones name an interface of one machine, which other nodes do not have. */
  private static boolean isIpv6(String host) {
    try {
      return !host.contains("%") && host.equals(new URI("http://" + host).getHost());
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
