package io.maitred.router;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the router adds to a request that it forwards.
 *
 * @param socketTimeout the longest silence of the backend
 * @param streamingTimeout the longest time in which either side takes no byte of a body
 * @param authorization the backend's {@code authorization} header, see {@link #basic}; null: the
 *     client's own is sent
 * @param principal the authenticated caller, or null: no principal headers are sent
 * @param cid correlation id, sent to the backend
 * @param via this hop's entry in the request's {@code via}, for example {@code HTTP/1.1
 *     maitred/1a2b3c4}
 * @param mayStart the fence, asked right before the head is written, on a thread that must not
 *     block
 */
public record ForwardOptions(
    Duration socketTimeout,
    Duration streamingTimeout,
    @Nullable String authorization,
    @Nullable String principal,
    String cid,
    String via,
    BooleanSupplier mayStart) {

  /** The value of a basic {@code authorization} header; the same for all requests of a service. */
  public static String basic(String user, String password) {
    var plain = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(plain);
  }
}
