package io.maitred.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What each service has and needs at the moment, as gauges. Rows are replaced as a whole, so those
 * of a service that is gone vanish with it.
 */
public final class ServiceGauges {
  /** More services than this are not shown. */
  private static final int MAX_SERVICES = 5_000;

  private final MultiGauge queue;
  private final MultiGauge slots;
  private final MultiGauge ejected;
  private final MultiGauge instances;

  /**
   * One service.
   *
   * @param waiting requests of this node that wait for a slot
   * @param slots of this node
   * @param ejected instances that get no requests from this node for a while
   */
  public record Service(String id, int waiting, Slots slots, int ejected, Instances instances) {}

  /**
   * @param held leased to this node
   * @param inUse requests under way
   * @param available free for the next requests
   */
  public record Slots(int held, int inUse, int available) {}

  /** Instances by state, as discovery knows them. */
  public record Instances(int healthy, int unhealthy, int failed) {}

  public ServiceGauges(MeterRegistry registry) {
    this.queue =
        gauge(registry, "maitred.queue.length", "Requests of this node that wait for a slot");
    this.slots = gauge(registry, "maitred.slots", "Slots of this node");
    this.ejected =
        gauge(registry, "maitred.ejected.instances", "Instances that this node avoids for a while");
    this.instances = gauge(registry, "maitred.instances", "Instances by state");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** Replaces everything shown so far. */
  public synchronized void show(Collection<Service> services) {
    var shown = services.stream().limit(MAX_SERVICES).toList();
    var queueRows = new ArrayList<Row<?>>();
    var slotRows = new ArrayList<Row<?>>();
    var ejectedRows = new ArrayList<Row<?>>();
    var instanceRows = new ArrayList<Row<?>>();
    for (var service : shown) {
      var tags = Tags.of("service", service.id());
      queueRows.add(Row.of(tags, service.waiting()));
      ejectedRows.add(Row.of(tags, service.ejected()));
      state(slotRows, tags, "held", service.slots().held());
      state(slotRows, tags, "in_use", service.slots().inUse());
      state(slotRows, tags, "available", service.slots().available());
      state(instanceRows, tags, "healthy", service.instances().healthy());
      state(instanceRows, tags, "unhealthy", service.instances().unhealthy());
      state(instanceRows, tags, "failed", service.instances().failed());
    }
    queue.register(queueRows, true);
    slots.register(slotRows, true);
    ejected.register(ejectedRows, true);
    instances.register(instanceRows, true);
  }

  private static void state(List<Row<?>> rows, Tags tags, String state, int value) {
    rows.add(Row.of(tags.and("state", state), value));
  }
}
