package io.maitred.simulation;

import io.maitred.waitingroom.model.AllocationRules;
import io.maitred.waitingroom.model.GlobalRoomState;
import io.maitred.waitingroom.model.RoomExchange;
import io.maitred.waitingroom.model.SlotAllocation;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** The one aggregator of the room in the world; its clock is right. */
final class SimulatedGlobal {
  private final EventQueue events;
  private final GlobalRoomState state;
  private final Map<String, SimulatedDataCenter> dataCenters = new TreeMap<>();

  SimulatedGlobal(EventQueue events, AllocationRules rules) {
    this.events = events;
    this.state = new GlobalRoomState(SlotAllocation.of(rules));
  }

  void add(SimulatedDataCenter dataCenter) {
    dataCenters.put(dataCenter.name(), dataCenter);
  }

  void exchange(SimulatedDataCenter from, RoomExchange exchange) {
    state
        .exchanged(exchange, now())
        .forEach(
            (name, answer) -> {
              var to = dataCenters.getOrDefault(name, from);
              to.distance().send(() -> to.answered(answer));
            });
    for (var name : state.toWake(exchange, dataCenters.keySet(), now())) {
      var silent = dataCenters.get(name);
      if (silent != null) {
        silent.distance().send(silent::woken);
      }
    }
  }

  boolean draw(long epoch, long slots) {
    return state.draw(epoch, slots, now());
  }

  private Instant now() {
    return Instant.ofEpochMilli(events.now());
  }
}
