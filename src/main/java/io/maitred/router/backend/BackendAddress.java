package io.maitred.router.backend;

/**
 * Where a backend listens.
 *
 * @param secure TLS below HTTP/1.1
 * @param host an IP address or a name
 */
public record BackendAddress(boolean secure, String host, int port) {

  /** From a {@code backend-proto} of the service description. */
  public static BackendAddress of(String proto, String host, int port) {
    return switch (proto) {
      case "http" -> new BackendAddress(false, host, port);
      case "https" -> new BackendAddress(true, host, port);
      default ->
          throw new IllegalArgumentException("proto: " + proto + " (expected: http or https)");
    };
  }
}
