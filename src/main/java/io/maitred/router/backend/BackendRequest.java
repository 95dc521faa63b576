package io.maitred.router.backend;

import akka.http.javadsl.model.RequestEntity;
import akka.util.ByteString;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * One request, ready to be sent.
 *
 * @param head request line and headers with the empty line, as bytes
 * @param entity the body; a streamed one is consumed exactly once, on every path
 * @param isHead the answer has no body whatever its headers say
 * @param idempotent may be sent again after a lost connection
 * @param expectsContinue the client waits for a 100 before it sends its body
 * @param socketTimeout the longest silence of the backend
 * @param streamingTimeout the longest time in which either side takes no byte of a body
 * @param mayStart asked on an event loop right before the head is written; must not block
 */
public record BackendRequest(
    ByteString head,
    RequestEntity entity,
    boolean isHead,
    boolean idempotent,
    boolean expectsContinue,
    Duration socketTimeout,
    Duration streamingTimeout,
    BooleanSupplier mayStart) {}
