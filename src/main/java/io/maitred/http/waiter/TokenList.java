package io.maitred.http.waiter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.maitred.http.QueryParameters;
import io.maitred.service.model.DescriptionDefaults;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.ParameterFilter;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenKeys;
import io.maitred.service.model.TokenTable;
import io.maitred.service.model.TokenTraits;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The list of tokens with its filters and includes (contract waiter 3.19).
 *
 * @param cluster stands in for tokens that were stored without one
 */
record TokenList(
    Entitlements entitlements,
    DescriptionDefaults defaults,
    Resolution resolution,
    String cluster) {

  /** The elements that match the query, by name. */
  List<Map<String, Object>> list(TokenTable table, QueryParameters query) {
    return table.all().stream()
        .filter(matching(query))
        .sorted(Comparator.comparing(TokenDocument::name))
        .map(token -> entry(token, query))
        .toList();
  }

  /** Every owner with the name of his index. */
  static Map<String, String> owners(TokenTable table) {
    var owners = new TreeMap<String, String>();
    for (var token : table.all()) {
      var owner = token.owner();
      if (owner != null) {
        owners.computeIfAbsent(owner, name -> "^TOKEN_OWNERS_" + indexId(name));
      }
    }
    return owners;
  }

  private Predicate<TokenDocument> matching(QueryParameters query) {
    var owners = query.all(TokenKeys.OWNER);
    var filters = filters(query);
    var names = new ParameterFilter(TokenKeys.TOKEN, query.all(TokenKeys.TOKEN), false);
    var manager = query.first("can-manage-as-user");
    return token ->
        (!token.deleted() || query.contains("include", "deleted"))
            && (owners.isEmpty() || owners.contains(token.owner()))
            && (query.all(TokenKeys.TOKEN).isEmpty() || names.matches(token.name()))
            && (manager == null || entitlements.mayManageToken(manager, token))
            && flag(query, "maintenance", TokenTraits.inMaintenance(token))
            && flag(query, "run-as-requester", TokenTraits.runAsRequester(token, defaults))
            && flag(query, "requires-parameters", TokenTraits.requiresParameters(token))
            && filters.stream().allMatch(filter -> filter.matches(token.data()));
  }

  /** The filters on the token's own fields; {@code owner} and {@code maintenance} mean more. */
  private static List<ParameterFilter> filters(QueryParameters query) {
    var fields = new HashMap<>(query.values());
    fields.remove(TokenKeys.OWNER);
    fields.remove(TokenKeys.MAINTENANCE);
    return ParameterFilter.of(fields, TokenKeys::known, false);
  }

  private static boolean flag(QueryParameters query, String name, boolean actual) {
    return query.all(name).isEmpty() || query.flag(name) == actual;
  }

  private Map<String, Object> entry(TokenDocument token, QueryParameters query) {
    var entry = TokenJson.entry(token, query.contains("include", "metadata"));
    if (query.contains("include", "cluster")) {
      entry.put(TokenKeys.CLUSTER, token.data().getOrDefault(TokenKeys.CLUSTER, cluster));
    }
    if (query.contains("include", "service-id")) {
      entry.put("service-id", resolution.serviceIdOf(token));
    }
    if (!query.all("parameters").isEmpty()) {
      entry.put("parameters", requested(token, query.all("parameters")));
    }
    return entry;
  }

  private static Map<String, Object> requested(TokenDocument token, List<String> names) {
    var parameters = new LinkedHashMap<String, Object>();
    for (var name : names) {
      var value = ParameterFilter.find(token.data(), name);
      if (value != null && TokenKeys.editable(name.split("\\.", 2)[0])) {
        parameters.put(name, value);
      }
    }
    return parameters;
  }

  private static UUID indexId(String owner) {
    return UUID.nameUUIDFromBytes(owner.getBytes(UTF_8));
  }
}
