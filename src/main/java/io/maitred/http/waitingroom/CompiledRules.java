package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpRequest;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.maitred.common.ConfigReader;
import io.maitred.http.RequestContext;
import io.maitred.metrics.RoomRequests;
import io.maitred.waitingroom.expression.Expression;
import io.maitred.waitingroom.expression.Expressions;
import io.maitred.waitingroom.expression.InvalidExpressionException;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.config.Room;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bypass rules of rooms, each compiled once for each version of its room (contract waiting room
 * 25). Safe to use from all threads.
 */
public final class CompiledRules implements RoomPorts.BypassRules {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledRules.class);
  private static final String PATH = "maitred.waiting-room.expressions";

  private record Compiled(long version, List<Expression> rules) {}

  private final Map<String, List<String>> lists;
  private final ClientAddress addresses;
  private final ClientFacts.Headers headers;
  private final RoomRequests metrics;
  private final ConcurrentHashMap<RoomId, Compiled> compiled = new ConcurrentHashMap<>();

  private CompiledRules(
      Map<String, List<String>> lists,
      ClientAddress addresses,
      ClientFacts.Headers headers,
      RoomRequests metrics) {
    this.lists = lists;
    this.addresses = addresses;
    this.headers = headers;
    this.metrics = metrics;
  }

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException for a list that is none of texts
   */
  public static CompiledRules from(Config config, ClientAddress addresses, RoomRequests metrics) {
    var reader = new ConfigReader(config, PATH);
    var lists = new HashMap<String, List<String>>();
    try {
      var given = config.getConfig(PATH + ".lists");
      given.root().keySet().forEach(name -> lists.put(name, given.getStringList(name)));
    } catch (ConfigException e) {
      throw reader.invalid("lists", String.valueOf(e.getMessage()), "lists of texts by name");
    }
    return new CompiledRules(
        Map.copyOf(lists),
        addresses,
        new ClientFacts.Headers(
            reader.string("country-header").trim(), reader.string("asn-header").trim()),
        metrics);
  }

  /** What is wrong with an expression, and where; empty when it is valid. */
  public Optional<String> problem(String expression) {
    return Expressions.check(expression, lists)
        .map(Object::toString);
  }

  /** Forgets the rules of all rooms but these. */
  public void retain(Collection<RoomId> rooms) {
    compiled.keySet().retainAll(rooms);
  }

  @Override
  public boolean bypasses(Room room, RequestContext context, HttpRequest request) {
    var rules = compiled.get(room.id());
    if (rules == null || rules.version() != room.version()) {
      rules = new Compiled(room.version(), compile(room));
      compiled.put(room.id(), rules);
    }
    var facts = new ClientFacts(context, request, addresses, headers);
    for (var rule : rules.rules()) {
      var result = rule.evaluate(facts);
      if (result.failure() != null) {
        metrics.expressionFailed(room.id().value());
      }
      if (result.matches()) {
        return true;
      }
    }
    return false;
  }

  private List<Expression> compile(Room room) {
    return room.rules().stream()
        .filter(rule -> rule.enabled())
        .flatMap(rule -> compile(room, rule.expression()).stream())
        .toList();
  }

  /** A rule was valid when it was stored; a list that it names may be gone from the settings. */
  private Optional<Expression> compile(Room room, String expression) {
    try {
      return Optional.of(Expressions.compile(expression, lists));
    } catch (InvalidExpressionException e) {
      LOG.warn("Room {}: a bypass rule is not used: {}", room.id(), e.getMessage());
      metrics.expressionFailed(room.id().value());
      return Optional.empty();
    }
  }
}
