package io.maitred.http;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import io.maitred.common.Refusal;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/**
 * Answers what is no HTTP request in the same shape as every other error. Set by {@link FrontEnd}.
 *
 * <p>The server creates one per connection, by name and without arguments: so how to render is held
 * in a static field, which the front end sets when it is bound.
 */
public final class ParsingErrors extends ParsingErrorHandler {
  private record Rendering(ErrorResponses errors, HttpHeader server) {}

  private static volatile Rendering rendering =
      new Rendering(
          new ErrorResponses(List.of(), Clock.systemUTC()),
          HttpHeader.parse("server", Product.TOKEN));

  static void renderWith(ErrorResponses errors, HttpHeader server) {
    rendering = new Rendering(errors, server);
  }

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
    var cid = UUID.randomUUID().toString();
    log.debug("unreadable request {}: {}", cid, info.formatPretty());
    var message = info.summary().isEmpty() ? status.defaultMessage() : info.summary();
    var current = rendering;
    return current
        .errors()
        .unreadable(cid, Refusal.of(status.intValue(), message))
        .addHeaders(List.of(RawHeader.create("x-cid", cid), current.server()));
  }
}
