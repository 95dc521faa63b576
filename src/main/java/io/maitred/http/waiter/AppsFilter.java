package io.maitred.http.waiter;

import io.maitred.http.QueryParameters;
import io.maitred.http.waiter.Apps.Service;
import io.maitred.service.model.Entitlements;
import io.maitred.service.model.ParameterFilter;
import io.maitred.service.model.Parameters;
import io.maitred.service.model.SourceToken;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which services a list shows (contract waiter 3.6): all filters have to match. */
final class AppsFilter {
  private final List<ParameterFilter> parameters;
  private final @Nullable ParameterFilter token;
  private final @Nullable ParameterFilter version;
  private final boolean onlyManaged;
  private final String viewer;
  private final Entitlements entitlements;

  AppsFilter(QueryParameters query, String viewer, Entitlements entitlements) {
    boolean starIsAny = ParameterFilter.starIsAny(query.first("star-mode"));
    this.parameters = ParameterFilter.of(query.values(), Parameters::isParameter, starIsAny);
    this.token = filter(query, "token", starIsAny);
    this.version = filter(query, "token-version", starIsAny);
    this.onlyManaged = query.all("run-as-user").isEmpty();
    this.viewer = viewer;
    this.entitlements = entitlements;
  }

  boolean shows(Service service) {
    return parameters.stream().allMatch(f -> f.matches(service.effective().parameters()))
        && anySource(service, token, SourceToken::token)
        && anySource(service, version, SourceToken::version)
        && (!onlyManaged || entitlements.mayManageService(viewer, service.effective()));
  }

  private static @Nullable ParameterFilter filter(
      QueryParameters query, String name, boolean starIsAny) {
    var values = query.all(name);
    return values.isEmpty() ? null : new ParameterFilter(name, values, starIsAny);
  }

  private static boolean anySource(
      Service service, @Nullable ParameterFilter filter, Function<SourceToken, String> of) {
    return filter == null
        || service.record().sourceTokens().stream()
            .flatMap(List::stream)
            .map(of)
            .anyMatch(filter::matches);
  }
}
