package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.config.ConfigChecks;
import io.maitred.waitingroom.model.config.ConfigLimits;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.model.config.Zone;
import io.maitred.waitingroom.model.config.ZoneChange;
import io.maitred.waitingroom.model.config.ZoneDecision;
import io.maitred.waitingroom.model.config.ZoneRules;
import io.maitred.waitingroom.page.QueuePages;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The real rules over a map. */
final class MemoryZones implements StoredRooms.Store {
  private final Map<String, Zone> zones = new ConcurrentHashMap<>();
  private final ZoneRules rules;

  /** When set, every change fails with it. */
  volatile @Nullable RuntimeException failure;

  MemoryZones(KnownZones known) {
    this.rules =
        new ZoneRules(
            new ConfigLimits(200, 1000, 100_000_000),
            new ConfigChecks(
                QueuePages::templateError, MemoryZones::expressionProblem, known::takes));
  }

  private static Optional<String> expressionProblem(String expression) {
    return expression.endsWith("{") || expression.contains("cf.")
        ? Optional.of("unexpected end at position " + expression.length())
        : Optional.empty();
  }

  @Override
  public Zone zone(String id) {
    return zones.getOrDefault(id, Zone.empty(id));
  }

  @Override
  public Collection<Zone> zones() {
    return zones.values();
  }

  @Override
  public synchronized CompletionStage<ZoneDecision> change(String zone, ZoneChange change) {
    var fails = failure;
    if (fails != null) {
      return CompletableFuture.failedStage(fails);
    }
    var decision = rules.decide(zone(zone), change);
    if (decision instanceof ZoneDecision.Changed changed) {
      zones.put(zone, changed.zone());
    }
    return CompletableFuture.completedStage(decision);
  }
}
