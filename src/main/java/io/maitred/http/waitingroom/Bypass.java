package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.http.RequestContext;
import io.maitred.metrics.RoomRequests;
import io.maitred.waitingroom.expression.Expression;
import io.maitred.waitingroom.expression.Expressions;
import io.maitred.waitingroom.expression.InvalidExpressionException;
import io.maitred.waitingroom.expression.RequestFacts;
import io.maitred.waitingroom.model.config.BypassRule;
import io.maitred.waitingroom.model.config.Room;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What passes a room as if it were not there: crawlers of search engines, and what the room's rules
 * name (contract waiting room 15.5, 15.6, 25).
 */
public final class Bypass {
  private static final Logger log = LoggerFactory.getLogger(Bypass.class);

  private final Crawlers crawlers;
  private final ClientAddress addresses;
  private final Map<String, List<String>> lists;
  private final RoomRequests metrics;

  /**
   * @param lists what rules may name as {@code $name}
   */
  public Bypass(
      Crawlers crawlers,
      ClientAddress addresses,
      Map<String, List<String>> lists,
      RoomRequests metrics) {
    this.crawlers = crawlers;
    this.addresses = addresses;
    this.lists = Map.copyOf(lists);
    this.metrics = metrics;
  }

  /** The rules of a room that are enabled, compiled. One that is not valid any more is left out. */
  List<Expression> rules(Room room) {
    var compiled = new ArrayList<Expression>();
    for (BypassRule rule : room.rules()) {
      if (rule.enabled()) {
        try {
          compiled.add(Expressions.compile(rule.expression(), lists));
        } catch (InvalidExpressionException e) {
          log.warn(
              "rule {} of room {} has no effect: {}", rule.id(), room.id(), e.error().message());
        }
      }
    }
    return List.copyOf(compiled);
  }

  /**
   * What lets a request pass; null for nothing.
   *
   * @param rules those of the room, from {@link #rules}
   * @param crawlersPass whether the room's zone lets crawlers pass
   */
  @Nullable String by(
      Room room,
      List<Expression> rules,
      boolean crawlersPass,
      RequestContext context,
      HttpRequest request) {
    if (crawlersPass && isCrawler(request)) {
      return "crawler";
    }
    if (rules.isEmpty()) {
      return null;
    }
    var facts = new GatedFacts(context, request, addresses);
    return rules.stream().anyMatch(rule -> holds(room, rule, facts)) ? "rule" : null;
  }

  private boolean holds(Room room, Expression rule, RequestFacts facts) {
    var result = rule.evaluate(facts);
    if (result.failure() != null) {
      metrics.ruleFailed(room.id().value());
    }
    return result.matches();
  }

  private boolean isCrawler(HttpRequest request) {
    var userAgent = request.getHeader("user-agent");
    var address = addresses.of(request);
    return userAgent.isPresent()
        && address.isPresent()
        && crawlers.include(userAgent.get().value(), address.get());
  }
}
