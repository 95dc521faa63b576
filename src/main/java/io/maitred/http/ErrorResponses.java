package io.maitred.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.http.scaladsl.model.IllegalRequestException;
import io.maitred.common.Refusal;
import io.maitred.common.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the response to a request that failed: JSON, HTML, text or gRPC, as the client likes it
 * (contract waiter 1.5 to 1.8). Headers that every response carries are added by {@link FrontEnd}.
 */
public final class ErrorResponses {
  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);
  private static final ContentType GRPC =
      MediaTypes.applicationBinary("grpc", true).toContentType();

  private final List<SupportLink> supportInfo;
  private final Clock clock;

  public ErrorResponses(List<SupportLink> supportInfo, Clock clock) {
    this.supportInfo = List.copyOf(supportInfo);
    this.clock = clock;
  }

  /** The response for any failure of a request; one that is no refusal is logged as a bug. */
  public HttpResponse render(RequestContext context, Throwable failure) {
    var refusal = refusal(failure);
    if (refusal.status() == 500) {
      log.error("request {} to {} failed", context.cid(), context.path(), unwrapped(failure));
    }
    return render(context, refusal);
  }

  /** The response for a refusal; its error class becomes known for the request log. */
  public HttpResponse render(RequestContext context, Refusal refusal) {
    context.known().failed(refusal.details().get("error-class") instanceof String s ? s : null);
    return response(
        new ErrorReport(context, context.cid(), refusal, supportInfo, clock.instant()),
        BodyForm.of(context.accept(), context.contentType()));
  }

  /** The response to something that is no HTTP request, so that nothing is known of it. */
  HttpResponse unreadable(String cid, Refusal refusal) {
    return response(
        new ErrorReport(null, cid, refusal, supportInfo, clock.instant()), BodyForm.TEXT);
  }

  /** What the client is told about a failure (contract waiter 1.6, last item). */
  public static Refusal refusal(Throwable failure) {
    var cause = unwrapped(failure);
    if (cause instanceof RefusedException refused) {
      return refused.refusal();
    }
    if (cause instanceof EntityStreamSizeException) {
      return Refusal.of(413, "Request body is too large");
    }
    if (cause instanceof EntityStreamException broken) {
      return Refusal.of(400, broken.info().summary());
    }
    if (cause instanceof CancellationException) {
      return Refusal.of(400, "The client is gone").with("error-cause", "client-eagerly-closed");
    }
    if (cause instanceof IllegalRequestException illegal) {
      return Refusal.of(illegal.status().intValue(), illegal.info().summary());
    }
    if (cause instanceof TimeoutException) {
      return Refusal.of(503, "No answer within the cluster in time, try again");
    }
    return Refusal.of(500, "Internal error: " + cause.getMessage());
  }

  /** The failure itself, without the wrappers that futures put around it. */
  public static Throwable unwrapped(Throwable failure) {
    var cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The status as Akka HTTP knows it, also for numbers without a name of their own. */
  static StatusCode status(int number) {
    return StatusCodes.lookup(number).orElseGet(() -> StatusCodes.custom(number, "Error", "Error"));
  }

  private static HttpResponse response(ErrorReport report, BodyForm form) {
    var headers = new ArrayList<HttpHeader>();
    report.refusal().headers().forEach((name, value) -> headers.add(RawHeader.create(name, value)));
    if (form == BodyForm.GRPC) {
      headers.add(RawHeader.create("grpc-message", grpcMessage(report.refusal().message())));
      headers.add(RawHeader.create("grpc-status", grpcStatus(report.refusal().status())));
    }
    return HttpResponse.create()
        .withStatus(status(report.refusal().status()))
        .withHeaders(headers)
        .withEntity(entity(report, form));
  }

  private static ResponseEntity entity(ErrorReport report, BodyForm form) {
    return switch (form) {
      case JSON -> JsonBody.entity(report.json());
      case HTML -> HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, ErrorPages.html(report));
      case TEXT -> HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, ErrorPages.text(report));
      case GRPC -> HttpEntities.create(GRPC, new byte[0]);
    };
  }

  /** One line, and only what gRPC allows in a header: the rest is percent-encoded UTF-8. */
  static String grpcMessage(String message) {
    var out = new StringBuilder();
    for (byte octet : message.replace("\n", "; ").getBytes(StandardCharsets.UTF_8)) {
      if (octet >= ' ' && octet <= '~' && octet != '%') {
        out.append((char) octet);
      } else {
        out.append(String.format("%%%02X", octet & 0xff));
      }
    }
    return out.toString();
  }

  static String grpcStatus(int status) {
    return switch (status) {
      case 400 -> "3";
      case 401 -> "16";
      case 403 -> "7";
      case 429, 502, 503 -> "14";
      case 500 -> "13";
      case 504 -> "4";
      default -> "2"; // unknown
    };
  }
}
