package io.maitred.service;

import io.maitred.common.ServiceId;
import io.maitred.service.model.ConsentRequired;
import io.maitred.service.model.Descriptor;
import io.maitred.service.model.Discovery;
import io.maitred.service.model.Resolution;
import io.maitred.service.model.Resolved;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.Sources;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what requests mean, so that the next request that names the same costs a few look-ups
 * instead of parsing, validation and hashing. An answer holds as long as every token and stored
 * description that it was made from is still the same object in the tables. Safe for use by many
 * threads; holds a bounded number of bounded entries.
 */
public final class DescriptorCache {
  /** Longer descriptions in headers are resolved anew each time. */
  private static final int MAX_KEY_CHARACTERS = 2048;

  private final Resolution resolution;
  private final Generations<Key, Found> found;
  private final Generations<Asked, Resolved> resolved;

  private record Key(String host, List<String> headers) {}

  /** What was found, and what was read of the tables on the way. */
  private record Found(
      Sources sources,
      Map<String, @Nullable TokenDocument> exact,
      Map<String, @Nullable TokenDocument> ignoringCase,
      Map<ServiceId, @Nullable ServiceDescription> services) {}

  /** {@code Sources} are compared by identity. */
  private record Asked(Sources sources, @Nullable String caller) {}

  /**
   * @param entries how many answers to keep at least; up to twice as many are kept
   */
  public DescriptorCache(Resolution resolution, int entries) {
    this.resolution = resolution;
    this.found = new Generations<>(entries);
    this.resolved = new Generations<>(entries);
  }

  /** As {@link Resolution#discover}. */
  public Discovery discover(
      Map<String, String> headers,
      String host,
      TokenTable tokens,
      Function<ServiceId, @Nullable ServiceDescription> services) {
    var key = keyOf(headers, host);
    if (key == null || !headersSupported(headers)) {
      return resolution.discover(headers, host, tokens, services);
    }
    var known = found.get(key);
    if (known != null && stillHolds(known, tokens, services)) {
      return known.sources();
    }
    var reads = new Reads(tokens, services);
    var discovery = resolution.discover(headers, host, reads, reads::service);
    if (discovery instanceof Sources sources) {
      found.put(key, new Found(sources, reads.exact, reads.ignoringCase, reads.services));
    }
    return discovery;
  }

  /** As {@link Resolution#resolve(Sources, String)}. */
  public Resolved resolve(Sources sources, @Nullable String caller) {
    var asked = new Asked(sources, caller);
    var known = resolved.get(asked);
    if (known != null) {
      return known;
    }
    var answer = resolution.resolve(sources, caller);
    if (answer instanceof Descriptor || answer instanceof ConsentRequired) {
      resolved.put(asked, answer);
    }
    return answer;
  }

  private boolean headersSupported(Map<String, String> headers) {
    return !resolution.hasUnsupported(headers);
  }

  private static @Nullable Key keyOf(Map<String, String> headers, String host) {
    var describing = new ArrayList<String>(4);
    int characters = host.length();
    for (var header : headers.entrySet()) {
      if (Resolution.dependsOn(header.getKey())) {
        describing.add(header.getKey());
        describing.add(header.getValue());
        characters += header.getKey().length() + header.getValue().length();
      }
    }
    return characters > MAX_KEY_CHARACTERS ? null : new Key(host, describing);
  }

  @SuppressWarnings("ReferenceEquality") // identity is the point: equal documents cost a comparison
  private static boolean stillHolds(
      Found known, TokenTable tokens, Function<ServiceId, @Nullable ServiceDescription> services) {
    for (var read : known.exact().entrySet()) {
      if (tokens.token(read.getKey()) != read.getValue()) {
        return false;
      }
    }
    for (var read : known.ignoringCase().entrySet()) {
      if (tokens.tokenIgnoringCase(read.getKey()) != read.getValue()) {
        return false;
      }
    }
    for (var read : known.services().entrySet()) {
      if (services.apply(read.getKey()) != read.getValue()) {
        return false;
      }
    }
    return true;
  }

  /** Notes what is read of the tables. */
  private static final class Reads implements TokenTable {
    private final TokenTable tokens;
    private final Function<ServiceId, @Nullable ServiceDescription> lookup;
    private final Map<String, @Nullable TokenDocument> exact = new HashMap<>(4);
    private final Map<String, @Nullable TokenDocument> ignoringCase = new HashMap<>(2);
    private final Map<ServiceId, @Nullable ServiceDescription> services = new HashMap<>(2);

    Reads(TokenTable tokens, Function<ServiceId, @Nullable ServiceDescription> lookup) {
      this.tokens = tokens;
      this.lookup = lookup;
    }

    @Override
    public @Nullable TokenDocument token(String name) {
      var document = tokens.token(name);
      exact.put(name, document);
      return document;
    }

    @Override
    public @Nullable TokenDocument tokenIgnoringCase(String name) {
      var document = tokens.tokenIgnoringCase(name);
      ignoringCase.put(name, document);
      return document;
    }

    @Override
    public Collection<TokenDocument> all() {
      return tokens.all();
    }

    @Nullable ServiceDescription service(ServiceId id) {
      var description = lookup.apply(id);
      services.put(id, description);
      return description;
    }
  }
}
