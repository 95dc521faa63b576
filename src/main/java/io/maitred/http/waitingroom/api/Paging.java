package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.HttpResponse;
import io.maitred.http.QueryParameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a client asks for (contract waiting room 21.9).
 *
 * @param page from 1; one past the end is empty, which is how clients notice the end
 * @param perPage 5 to 1000, a multiple of 5
 */
record Paging(int page, int perPage) {
  private static final int DEFAULT_PER_PAGE = 25;
  private static final int MAX_PER_PAGE = 1000;

  /**
   * @throws ApiException 400 for a parameter out of its range
   */
  static Paging of(QueryParameters query) {
    int page = number(query.first("page"), 1);
    if (page < 1) {
      throw ApiException.invalid("page must be an integer of at least 1", "/page");
    }
    int perPage = number(query.first("per_page"), DEFAULT_PER_PAGE);
    if (perPage < 5 || perPage > MAX_PER_PAGE || perPage % 5 != 0) {
      throw ApiException.invalid(
          "per_page must be a multiple of 5 in range [5, " + MAX_PER_PAGE + "]", "/per_page");
    }
    return new Paging(page, perPage);
  }

  /** The answer with this part of the list. */
  HttpResponse answer(List<Map<String, Object>> all) {
    long from = Math.min(all.size(), (page - 1L) * perPage);
    long to = Math.min(all.size(), from + perPage);
    var part = all.subList((int) from, (int) to);
    return Envelope.page(part, info(page, perPage, part.size(), all.size()));
  }

  /** The answer with a list that has one page only. */
  static HttpResponse whole(List<Map<String, Object>> all) {
    return Envelope.page(
        all, info(1, Math.max(DEFAULT_PER_PAGE, all.size()), all.size(), all.size()));
  }

  private static Map<String, Object> info(int page, int perPage, int count, int total) {
    var info = new LinkedHashMap<String, Object>();
    info.put("page", page);
    info.put("per_page", perPage);
    info.put("count", count);
    info.put("total_count", total);
    info.put("total_pages", (total + perPage - 1) / perPage);
    return info;
  }

  /** -1 for what is no number. */
  private static int number(@Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && text.length() <= 9 ? Integer.parseInt(text) : -1;
  }
}
