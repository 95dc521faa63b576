package io.maitred.http.waitingroom;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import io.maitred.http.JsonBody;
import io.maitred.router.backend.PassedHeader;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.page.QueuePage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a user in a queue gets, in HTTP's terms (contract waiting room 26.10 to 26.13). */
final class QueueAnswers {
  private static final ContentType HTML =
      MediaTypes.TEXT_HTML.toContentType(HttpCharsets.custom("utf-8"));
  private static final HttpHeader CACHE_CONTROL =
      RawHeader.create("cache-control", "private, no-store, max-age=0");
  private static final HttpHeader EXPIRES =
      RawHeader.create("expires", "Thu, 01 Jan 1970 00:00:00 GMT");
  private static final HttpHeader VARY = RawHeader.create("vary", "Accept, Cookie");

  private final int status;
  private final QueueFacts facts;
  private final @Nullable String setCookie;
  private final boolean toHead;

  /**
   * @param setCookie value of the header that sets the user's cookie; null for none
   * @param toHead the request was HEAD: the answer has no body, but its length
   */
  QueueAnswers(int status, QueueFacts facts, @Nullable String setCookie, boolean toHead) {
    this.status = status;
    this.facts = facts;
    this.setCookie = setCookie;
    this.toHead = toHead;
  }

  /**
   * Whether a client wants JSON; nothing but exactly this does, so that no browser gets it by
   * accident.
   *
   * @param accept all {@code accept} headers, joined by commas; null for none
   */
  static boolean isJsonWanted(@Nullable String accept) {
    return accept != null && accept.trim().equalsIgnoreCase("application/json");
  }

  HttpResponse json() {
    var body = JsonBody.bytes(Map.of("cfWaitingRoom", facts.json()));
    return answer(headers(), HttpEntities.create(ContentTypes.APPLICATION_JSON, body));
  }

  HttpResponse page(QueuePage page) {
    var headers = headers();
    page.language()
        .ifPresent(language -> headers.add(RawHeader.create("content-language", language.tag())));
    page.contentSecurityPolicy()
        .ifPresent(policy -> headers.add(RawHeader.create("content-security-policy", policy)));
    return answer(headers, HttpEntities.create(HTML, page.html()));
  }

  private HttpResponse answer(List<HttpHeader> headers, HttpEntity.Strict entity) {
    if (toHead) {
      // the server renders neither the body nor its length
      headers.add(new PassedHeader("content-length", Integer.toString(entity.getData().size())));
    }
    return HttpResponse.create()
        .withStatus(StatusCodes.get(status))
        .withHeaders(headers)
        .withEntity(entity);
  }

  private List<HttpHeader> headers() {
    var headers = new ArrayList<HttpHeader>();
    headers.add(CACHE_CONTROL);
    headers.add(EXPIRES);
    headers.add(VARY);
    int refreshSeconds = facts.refreshIntervalSeconds();
    if (refreshSeconds > 0) {
      var seconds = Integer.toString(refreshSeconds);
      headers.add(RawHeader.create("refresh", seconds));
      if (status == 429) {
        headers.add(RawHeader.create("retry-after", seconds));
      }
    }
    if (setCookie != null) {
      headers.add(RawHeader.create("set-cookie", setCookie));
    }
    return headers;
  }
}
