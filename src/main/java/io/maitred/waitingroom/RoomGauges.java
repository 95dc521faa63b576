package io.maitred.waitingroom;

import io.maitred.waitingroom.model.config.QueueingMethod;
import io.maitred.waitingroom.model.config.RoomConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What each room is like at the moment, as gauges (contract waiting room 28). Rows are replaced as
 * a whole, so those of a room that is gone vanish with it.
 */
final class RoomGauges {
  private static final double MILLIS_PER_SECOND = 1000;

  /** One room. */
  record Shown(
      Tags tags,
      String dataCenter,
      RoomConfig config,
      QueueingMethod method,
      RoomFigures figures) {}

  private final Map<MultiGauge, ToDoubleFunction<Shown>> gauges = new LinkedHashMap<>();
  private final MultiGauge slots;

  RoomGauges(MeterRegistry registry) {
    add(registry, "active.users", "Users at the origin", s -> s.figures().active());
    add(registry, "queued.users", "Users that wait", s -> s.figures().queued());
    add(
        registry,
        "new.users",
        "Users let in during the present minute",
        s -> s.figures().admittedThisMinute());
    add(registry, "slots.raw", "Slots, negative when too many came", s -> s.figures().rawSlots());
    add(
        registry,
        "admission.rate",
        "Users let in per minute, averaged",
        s -> s.figures().admissionRate());
    add(
        registry,
        "wait.minutes",
        "Waiting time of the newest bucket",
        s -> s.figures().longestWait(s.method()));
    add(registry, "limit.total.active.users", "As configured", s -> s.config().totalActiveUsers());
    add(
        registry,
        "limit.new.users.per.minute",
        "As configured",
        s -> s.config().newUsersPerMinute());
    add(
        registry,
        "state.age.seconds",
        "Age of the version that this node goes by",
        s -> s.figures().stateAge().toMillis() / MILLIS_PER_SECOND);
    add(
        registry,
        "report.interval.seconds",
        "Between two reports of this node",
        s -> s.figures().reportInterval().toMillis() / MILLIS_PER_SECOND);
    add(
        registry,
        "clock.skew.seconds",
        "This node's clock against the room's",
        s -> s.figures().clockSkew().toMillis() / MILLIS_PER_SECOND);
    add(
        registry,
        "traffic",
        "Users that this node saw during the last whole minute",
        s -> s.figures().trafficHere());
    add(registry, "workers", "Live workers of this data center", s -> s.figures().workers());
    slots =
        MultiGauge.builder("maitred.room.slots")
            .description("Slots of the present version: the data center's, this node's, used here")
            .register(registry);
  }

  private void add(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Shown> value) {
    gauges.put(
        MultiGauge.builder("maitred.room." + name).description(description).register(registry),
        value);
  }

  /** Replaces everything shown so far. */
  synchronized void show(List<Shown> rooms) {
    gauges.forEach(
        (gauge, value) -> {
          var rows = new ArrayList<Row<?>>();
          rooms.forEach(
              room ->
                  rows.add(
                      Row.of(
                          room.tags().and("data_center", room.dataCenter()),
                          value.applyAsDouble(room))));
          gauge.register(rows, true);
        });
    var rows = new ArrayList<Row<?>>();
    rooms.forEach(room -> slots(room, rows));
    slots.register(rows, true);
  }

  private static void slots(Shown room, List<Row<?>> rows) {
    room.figures()
        .pools()
        .forEach(
            (pool, slots) -> {
              var tags =
                  room.tags()
                      .and("data_center", room.dataCenter())
                      .and("pool", pool.name().toLowerCase(Locale.ROOT));
              rows.add(Row.of(tags.and("part", "share"), slots.share()));
              rows.add(Row.of(tags.and("part", "slice"), slots.slice()));
              rows.add(Row.of(tags.and("part", "spent"), slots.spent()));
            });
  }
}
