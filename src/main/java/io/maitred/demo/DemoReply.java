package io.maitred.demo;

import java.nio.charset.StandardCharsets;

/** What is to be answered. */
final class DemoReply {
  private final int status;
  private final String contentType;
  private final byte[] body;
  private final Framing framing;

  DemoReply(int status, String contentType, byte[] body, Framing framing) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
    this.framing = framing;
  }

  /** How the end of the body is told. */
  enum Framing {
    /** Chunked if the request was, or asked for it. */
    AS_REQUESTED,
    CHUNKED,
    LENGTH,
    GZIP
  }

  static DemoReply text(int status, String body) {
    return new DemoReply(
        status, "text/plain", body.getBytes(StandardCharsets.UTF_8), Framing.AS_REQUESTED);
  }

  static DemoReply json(Object tree) {
    var body = DemoJson.write(tree).getBytes(StandardCharsets.UTF_8);
    return new DemoReply(200, "application/json", body, Framing.AS_REQUESTED);
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  byte[] body() {
    return body;
  }

  Framing framing() {
    return framing;
  }
}
