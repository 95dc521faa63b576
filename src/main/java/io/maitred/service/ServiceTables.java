package io.maitred.service;

import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenDocument;
import io.maitred.service.model.TokenTable;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that this node knows of tokens and services, in memory. Every request reads it, so a
 * look-up is one read of a concurrent map, without a lock.
 *
 * <p>A live view instead of a copied snapshot: with 100,000 tokens a copy per edit would cost
 * milliseconds and megabytes, and no reader needs two documents of the same moment. Each document
 * is immutable. Changes come in any order and more than once; the higher revision wins, always.
 */
public final class ServiceTables implements TokenTable {

  /**
   * @param value null: deleted for good; the revision stays, so that an older change cannot bring
   *     the document back
   */
  private record Entry<T>(long revision, @Nullable T value) {}

  private final ConcurrentHashMap<String, Entry<TokenDocument>> tokens = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Set<String>> namesByLowerCase = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Integer> ownedTokens = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<ServiceId, Entry<ServiceRecord>> services =
      new ConcurrentHashMap<>();

  ServiceTables() {}

  /** The token of exactly this name, soft-deleted ones too. */
  @Override
  public @Nullable TokenDocument token(String name) {
    var entry = tokens.get(name);
    return entry == null ? null : entry.value();
  }

  /**
   * The token of exactly this name, else the only one that is not deleted and whose name is equal
   * ignoring case: a host name comes in lower case.
   */
  @Override
  public @Nullable TokenDocument tokenIgnoringCase(String name) {
    var exact = token(name);
    if (exact != null) {
      return exact;
    }
    var names = namesByLowerCase.get(lowerCase(name));
    return names != null && names.size() == 1 ? token(names.iterator().next()) : null;
  }

  public @Nullable ServiceRecord service(ServiceId id) {
    var entry = services.get(id);
    return entry == null ? null : entry.value();
  }

  /** All tokens, soft-deleted ones too, in no order; a copy. */
  @Override
  public Collection<TokenDocument> all() {
    return tokens.values().stream().map(Entry::value).filter(Objects::nonNull).toList();
  }

  /** All services, in no order; a copy. */
  public Collection<ServiceRecord> services() {
    return services.values().stream().map(Entry::value).filter(Objects::nonNull).toList();
  }

  /** How many tokens that are not deleted belong to this owner. */
  public int tokensOwnedBy(String owner) {
    return ownedTokens.getOrDefault(owner, 0);
  }

  /** Revision of the document that the tables hold, 0 when they hold none. */
  long tokenRevision(String name) {
    var entry = tokens.get(name);
    return entry == null ? 0 : entry.revision();
  }

  /** Revision of the document that the tables hold, 0 when they hold none. */
  long serviceRevision(ServiceId id) {
    var entry = services.get(id);
    return entry == null ? 0 : entry.revision();
  }

  /** Takes the document over if it is newer than the present one; says whether it was. */
  synchronized boolean apply(StoredDocument document, long revision) {
    if (document instanceof StoredDocument.Token token) {
      return applyToken(token.name(), token.document(), revision);
    }
    var service = (StoredDocument.Service) document;
    if (revision <= serviceRevision(service.id())) {
      return false;
    }
    services.put(service.id(), new Entry<>(revision, service.serviceRecord()));
    return true;
  }

  private boolean applyToken(String name, @Nullable TokenDocument document, long revision) {
    var before = tokens.get(name);
    if (before != null && revision <= before.revision()) {
      return false;
    }
    tokens.put(name, new Entry<>(revision, document));
    count(before == null ? null : before.value(), -1);
    count(document, +1);
    if (document == null || document.deleted()) {
      namesByLowerCase.computeIfPresent(lowerCase(name), (key, names) -> without(names, name));
    } else {
      namesByLowerCase.merge(lowerCase(name), Set.of(name), ServiceTables::union);
    }
    return true;
  }

  private void count(@Nullable TokenDocument document, int change) {
    if (document == null || document.deleted()) {
      return;
    }
    var owner = document.owner();
    if (owner != null) {
      ownedTokens.compute(
          owner,
          (key, count) -> {
            int next = (count == null ? 0 : count) + change;
            return next == 0 ? null : next;
          });
    }
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    var all = new TreeSet<>(some);
    all.addAll(more);
    return Set.copyOf(all);
  }

  private static @Nullable Set<String> without(Set<String> names, String name) {
    var rest = new TreeSet<>(names);
    rest.remove(name);
    return rest.isEmpty() ? null : Set.copyOf(rest);
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
