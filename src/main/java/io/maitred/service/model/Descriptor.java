package io.maitred.service.model;

import io.maitred.common.ServiceId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The service that a request means.
 *
 * @param core makes the id
 * @param effective with defaults, without overrides
 * @param sources the tokens that took part and their versions; empty when headers alone described
 *     the service
 * @param tokenSettings user metadata of the tokens over the token defaults: time-outs, {@code
 *     https-redirect}, {@code cors-rules}, ...
 * @param onTheFly a header describes the service or names the token
 * @param byServiceId the request named a stored service by {@code ^SERVICE-ID#}: there is no
 *     reference to record
 * @param tokenOwner the owner of the tokens; null without tokens
 * @param authenticationDisabled the request needs no authenticated caller
 * @param preAuthorised any permitted caller may start the service, whoever it runs as
 */
public record Descriptor(
    ServiceId id,
    ServiceDescription core,
    ServiceDescription effective,
    List<SourceToken> sources,
    Map<String, Object> tokenSettings,
    boolean onTheFly,
    boolean byServiceId,
    @Nullable String tokenOwner,
    boolean authenticationDisabled,
    boolean preAuthorised)
    implements Resolved {

  public Descriptor {
    sources = List.copyOf(sources);
  }

  /** The effective description under overrides (contract waiter 3.12). */
  public ServiceDescription effective(DescriptionDefaults defaults, Map<String, Object> overrides) {
    return overrides.isEmpty() ? effective : defaults.effective(core.parameters(), overrides);
  }
}
