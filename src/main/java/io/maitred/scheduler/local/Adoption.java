package io.maitred.scheduler.local;

import io.maitred.scheduler.local.Records.StoredService;
import io.maitred.scheduler.local.model.LocalInstance;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out what has become of the instances that an earlier owner started. Blocks. */
final class Adoption {
  private final Home home;
  private final Records records;
  private final Ports ports;
  private final Clock clock;

  Adoption(Home home, Records records, Ports ports, Clock clock) {
    this.home = home;
    this.records = records;
    this.ports = ports;
    this.clock = clock;
  }

  /**
   * @param process what may still have processes; null if it is certain that none is left
   */
  record Found(LocalInstance instance, @Nullable ProcessIdentity process) {}

  /** Takes over all records. From here on an earlier owner starts nothing any more. */
  Map<StoredService, List<Found>> takeOver() throws IOException {
    home.takeOver();
    var bootId = ProcessEntry.bootId();
    var all = new LinkedHashMap<StoredService, List<Found>>();
    Set<String> holders = new HashSet<>();
    for (var loaded : records.load()) {
      var found = new ArrayList<Found>();
      for (var instance : loaded.instances()) {
        var each = find(instance, bootId);
        if (each != null) {
          found.add(each);
          if (each.process() != null) {
            holders.add(home.holder(instance));
          }
        }
      }
      all.put(loaded.service(), found);
    }
    releaseAllBut(holders);
    return all;
  }

  private void releaseAllBut(Set<String> holders) throws IOException {
    home.lock()
        .hold(
            () -> {
              ports.release(
                  holder -> holder.startsWith(home.holderPrefix()) && !holders.contains(holder));
              return holders;
            });
  }

  private @Nullable Found find(LocalInstance instance, String bootId) throws IOException {
    if (instance.ending() != null && instance.ending().over()) {
      return new Found(instance, null);
    }
    var process = records.process(instance, bootId);
    if (process.isEmpty()) {
      records.abandon(instance);
      process = records.process(instance, bootId);
      if (process.isEmpty()) {
        return null; // it was never started, and will not be
      }
      records.write(instance);
    }
    if (process.get().alive()) {
      return new Found(instance.adopted(), process.get());
    }
    return new Found(
        instance.exited(exitCode(instance, process.get()), clock.instant()), process.get());
  }

  private @Nullable Integer exitCode(LocalInstance instance, ProcessIdentity process)
      throws IOException {
    var code = records.exitCode(instance);
    return code == null && process.ofThisBoot() ? Integer.valueOf(LocalInstance.SIGKILLED) : code;
  }
}
