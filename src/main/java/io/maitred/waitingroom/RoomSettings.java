package io.maitred.waitingroom;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.waitingroom.model.AllocationRules;
import io.maitred.waitingroom.model.AllocationRules.WorkerMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How the slots of rooms are divided, and who takes part. Defaults and their meaning are in {@code
 * reference.conf}.
 *
 * @param homeDataCenter where the one aggregator of each room is; empty: the node's own data center
 * @param dataCenters that are expected to take part besides those of the membership
 * @param expectedWorkers nodes of a data center; 0: as many as the membership has
 * @param backupInterval between two back-ups
 * @param freshRetry until a new aggregator asks the global one again
 */
public record RoomSettings(
    AllocationRules rules,
    Optional<String> homeDataCenter,
    SortedSet<String> dataCenters,
    int expectedWorkers,
    Duration backupInterval,
    Duration freshRetry) {
  private static final String PATH = "maitred.waiting-room.allocation";

  public RoomSettings {
    dataCenters = new TreeSet<>(dataCenters);
  }

  /**
   * Reads the settings.
   *
   * @throws io.maitred.common.InvalidSettingException for a value that is not allowed
   */
  public static RoomSettings from(Config root) {
    var reader = new ConfigReader(root, PATH);
    var maitred = new ConfigReader(root, "maitred");
    var home = maitred.string("home-data-center");
    var names = new TreeSet<>(maitred.strings("data-centers"));
    names.addAll(reader.strings("expected-data-centers"));
    return new RoomSettings(
        rules(reader),
        home.isBlank() ? Optional.empty() : Optional.of(home),
        names,
        reader.integer("expected-workers", 0, 100_000),
        reader.duration("backup-interval", Duration.ofSeconds(1), Duration.ofMinutes(5)),
        reader.duration("fresh-retry", Duration.ofMillis(100), Duration.ofSeconds(10)));
  }

  private static AllocationRules rules(ConfigReader reader) {
    var mode =
        WorkerMode.valueOf(
            reader
                .oneOf("worker-allocation", List.of("auto", "divide", "counter"))
                .toUpperCase(Locale.ROOT));
    double curve = reader.number("worker-curve", 0, 100);
    if (curve > 0 && mode == WorkerMode.COUNTER) {
      throw reader.invalid("worker-curve", curve, "0 when worker-allocation is counter");
    }
    return new AllocationRules(
        reader.oneOf("dc-allocation", List.of("ratio", "anywhere")).equals("anywhere"),
        mode,
        curve,
        reader.oneOf("partial-bucket", List.of("work-conserving", "strict")).equals("strict"),
        reader.bool("pace-new-users"),
        reader.integer("traffic-lag-minutes", 1, 2));
  }
}
