package io.maitred.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.stream.Materializer;
import akka.stream.StreamLimitReachedException;
import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the API speaks it (contract waiter 1.1). Trees are plain Java (Map, List, String,
 * Boolean, Integer, Long, BigInteger, Double, null); numbers keep their kind, so that {@code 1.0}
 * stays {@code 1.0}. Written keys of maps stay as they are, record components become kebab-case,
 * instants are ISO-8601 UTC with milliseconds, NaN and infinities are strings.
 */
public final class JsonBody {
  /**
   * Largest body of an API request, in bytes. A token is the largest thing that is posted: with its
   * five previous versions it has to fit into one message of the cluster, which is 1 MiB.
   */
  public static final int MAX_BYTES = 160 * 1024;

  private static final long MAX_DRAINED = 16 * 1024 * 1024;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER_LENGTH = 100;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);
  private static final String INVALID = "Invalid JSON payload";
  private static final DateTimeFormatter ISO_MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final ObjectMapper MAPPER = mapper();

  private JsonBody() {}

  /**
   * Any JSON document.
   *
   * @throws RefusedException 400 {@code Invalid JSON payload}: no JSON, text after the document, a
   *     key twice in one object, too deep, or a number that is too long
   */
  public static @Nullable Object parse(byte[] utf8) {
    try {
      return MAPPER.readValue(utf8, Object.class);
    } catch (JsonProcessingException e) {
      throw Refusal.of(400, INVALID).with("error", e.getOriginalMessage()).asException();
    } catch (IOException e) {
      // nothing is read but the array: its encoding is none of JSON's
      throw Refusal.of(400, INVALID).with("error", String.valueOf(e.getMessage())).asException();
    }
  }

  /**
   * A JSON object, keys in the order of the document.
   *
   * @throws RefusedException 400 {@code Invalid JSON payload}, also for a document that is no
   *     object
   */
  public static Map<String, Object> parseObject(byte[] utf8) {
    if (parse(utf8) instanceof Map<?, ?> object) {
      @SuppressWarnings("unchecked") // JSON keys are strings
      var typed = (Map<String, Object>) object;
      return typed;
    }
    throw Refusal.of(400, INVALID).with("error", "not a JSON object").asException();
  }

  /** The object that this tree, record or collection is in JSON. */
  public static byte[] bytes(@Nullable Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not writable as JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** As {@link #bytes}, as text. */
  public static String text(@Nullable Object value) {
    return new String(bytes(value), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** As {@link #bytes}, as an {@code application/json} entity. */
  public static HttpEntity.Strict entity(@Nullable Object value) {
    return HttpEntities.create(ContentTypes.APPLICATION_JSON, bytes(value));
  }

  /** A 200 response with the value as its JSON body. */
  public static HttpResponse ok(@Nullable Object value) {
    return HttpResponse.create().withStatus(StatusCodes.OK).withEntity(entity(value));
  }

  /** An instant as the API writes it: ISO-8601 UTC with milliseconds and {@code Z}. */
  public static String iso(Instant instant) {
    return ISO_MILLIS.format(instant);
  }

  /**
   * Reads a whole body of at most {@link #MAX_BYTES}. One that is larger is read to its end as
   * well, up to a limit, because a client that is still sending would not see the answer.
   *
   * @return fails with {@link RefusedException}: 413 when the body is larger, 408 when it does not
   *     arrive within 30 s
   */
  public static CompletionStage<byte[]> read(HttpRequest request, Materializer materializer) {
    return read(request, MAX_BYTES, materializer);
  }

  /**
   * As {@link #read(HttpRequest, Materializer)}, with another limit.
   *
   * @param maxBytes at most 16 MiB
   */
  public static CompletionStage<byte[]> read(
      HttpRequest request, int maxBytes, Materializer materializer) {
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .limitWeighted(MAX_DRAINED, piece -> (long) piece.size())
        .completionTimeout(READ_TIMEOUT)
        .runFold(
            ByteString.emptyByteString(),
            (body, piece) -> body.size() > maxBytes ? body : body.concat(piece),
            materializer)
        .handle((body, failure) -> received(body, failure, maxBytes));
  }

  /** As {@link #read}, parsed by {@link #parseObject}. */
  public static CompletionStage<Map<String, Object>> readObject(
      HttpRequest request, Materializer materializer) {
    return read(request, materializer).thenApply(JsonBody::parseObject);
  }

  private static byte[] received(
      @Nullable ByteString body, @Nullable Throwable failure, int maxBytes) {
    if (body != null && body.size() <= maxBytes) {
      return body.toArray();
    }
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (body != null || cause instanceof StreamLimitReachedException) {
      throw Refusal.of(413, "Request body must be at most " + maxBytes + " bytes").asException();
    }
    if (cause instanceof TimeoutException) {
      throw Refusal.of(408, "Timeout receiving bytes from client").asException();
    }
    throw new CompletionException(cause);
  }

  private static ObjectMapper mapper() {
    var factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .build();
    var module = new SimpleModule().addSerializer(Instant.class, new IsoInstant());
    var mapper =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .addModule(module)
            .build();
    mapper.getSerializerProvider().setNullKeySerializer(new NilKey());
    return mapper;
  }

  private static final class IsoInstant extends JsonSerializer<Instant> {
    @Override
    public void serialize(Instant value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(iso(value));
    }
  }

  private static final class NilKey extends JsonSerializer<Object> {
    @Override
    public void serialize(@Nullable Object value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeFieldName("_nil_");
    }
  }
}
