package io.maitred.router.backend;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.DateTime;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Date;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.maitred.router.model.ForwardedHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Turns a backend's status line and headers into Akka HTTP's response, once. */
final class ResponseHead {
  private static final ContentType UNTYPED = ContentTypes.NO_CONTENT_TYPE;

  private record ParsedDate(String text, HttpHeader header) {}

  /** The date header changes once a second, so the last one usually fits. */
  private static volatile @Nullable ParsedDate lastDate;

  private ResponseHead() {}

  /** An answer whose body, if any, is here as a whole. */
  static HttpResponse strict(
      io.netty.handler.codec.http.HttpResponse head, boolean toHead, ByteString body) {
    return toHead || !allowsBody(head.status().code())
        ? response(head, HttpEntities.EMPTY, true)
        : response(head, HttpEntities.create(UNTYPED, body), false);
  }

  /** An answer of known length whose body is still to come. */
  static HttpResponse sized(
      io.netty.handler.codec.http.HttpResponse head, long length, Publisher<ByteString> body) {
    var entity = HttpEntities.create(UNTYPED, length, Source.fromPublisher(body));
    return response(head, entity, false);
  }

  /** An answer of unknown length. */
  static HttpResponse chunked(
      io.netty.handler.codec.http.HttpResponse head, Publisher<ChunkStreamPart> body) {
    // the Java API has no way to give trailers
    var entity =
        new akka.http.scaladsl.model.HttpEntity.Chunked(
            (akka.http.scaladsl.model.ContentType) UNTYPED,
            akka.stream.scaladsl.Source.fromPublisher(body).mapMaterializedValue(none -> none));
    return response(head, entity, false);
  }

  private static List<HttpHeader> trailers(HttpHeaders trailers) {
    var headers = new ArrayList<HttpHeader>(trailers.size());
    trailers.forEach(
        entry -> {
          if (!ForwardedHeaders.isHopByHop(lower(entry.getKey()))) {
            headers.add(RawHeader.create(entry.getKey(), entry.getValue()));
          }
        });
    return headers;
  }

  static ChunkStreamPart chunk(ByteString data) {
    return (ChunkStreamPart) HttpEntity.ChunkStreamPart.create(data);
  }

  /** The end of a chunked body with trailers. */
  static ChunkStreamPart lastChunk(HttpHeaders trailers) {
    return (ChunkStreamPart) HttpEntity.ChunkStreamPart.createLast("", trailers(trailers));
  }

  private static boolean allowsBody(int status) {
    return status != 204 && status != 304;
  }

  private static HttpResponse response(
      io.netty.handler.codec.http.HttpResponse head,
      ResponseEntity entity,
      boolean announcesLength) {
    return HttpResponse.create()
        .withStatus(status(head.status().code(), head.status().reasonPhrase()))
        .withHeaders(headers(head, announcesLength))
        .withEntity(entity);
  }

  private static StatusCode status(int code, String reason) {
    Optional<StatusCode> known = StatusCodes.lookup(code);
    return known.isPresent()
        ? known.get()
        : StatusCodes.custom(code, reason, reason, code < 400, true);
  }

  private static List<HttpHeader> headers(
      io.netty.handler.codec.http.HttpResponse head, boolean announcesLength) {
    var from = head.headers();
    var hopByHop = hopByHop(from);
    var headers = new ArrayList<HttpHeader>(from.size());
    for (var entries = from.iteratorCharSequence(); entries.hasNext(); ) {
      var entry = entries.next();
      var name = entry.getKey().toString();
      var value = entry.getValue().toString();
      var lower = lower(name);
      switch (lower) {
        case "date" -> addDate(headers, value);
        case "server", "content-type" -> headers.add(new PassedHeader(name, value));
        case "content-length" -> {
          if (announcesLength && head.status().code() != 204) {
            headers.add(new PassedHeader(name, value));
          }
        }
        case "set-cookie" -> {
          if (ForwardedHeaders.passesSetCookie(value)) {
            headers.add(RawHeader.create(name, value));
          }
        }
        default -> {
          if (ForwardedHeaders.passesToClient(lower) && !hopByHop.contains(lower)) {
            headers.add(RawHeader.create(name, value));
          }
        }
      }
    }
    return headers;
  }

  private static Set<String> hopByHop(HttpHeaders from) {
    var connection = from.get(HttpHeaderNames.CONNECTION);
    return connection == null
        ? Set.of()
        : ForwardedHeaders.namedIn(String.join(",", from.getAll(HttpHeaderNames.CONNECTION)));
  }

  /** Akka HTTP adds its own date unless it finds the modeled header; an unreadable one is lost. */
  private static void addDate(List<HttpHeader> headers, String value) {
    var last = lastDate;
    if (last == null || !last.text().equals(value)) {
      try {
        var time = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
        var date = DateTime.create(time.toInstant().toEpochMilli());
        last = new ParsedDate(value, Date.create(date));
        lastDate = last;
      } catch (DateTimeParseException e) {
        return;
      }
    }
    headers.add(last.header());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
