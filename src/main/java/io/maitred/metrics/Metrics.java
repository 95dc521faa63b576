package io.maitred.metrics;

import akka.actor.AbstractExtensionId;
import akka.actor.ActorSystem;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.ExtensionId;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The one registry of a node's metrics. Parts register their meters here at their start. */
public final class Metrics implements Extension {
  private static final class Id extends AbstractExtensionId<Metrics> {
    @Override
    public Metrics createExtension(ExtendedActorSystem system) {
      var metrics = new Metrics();
      system.registerOnTermination(metrics::close);
      return metrics;
    }
  }

  private static final ExtensionId<Metrics> ID = new Id();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final RequestMetrics requests = new RequestMetrics(registry);
  private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();

  private Metrics() {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  public static Metrics get(ActorSystem system) {
    return ID.get(system);
  }

  public PrometheusMeterRegistry registry() {
    return registry;
  }

  public RequestMetrics requests() {
    return requests;
  }

  /** Has {@code update} called before each scrape, for gauges that are read off other parts. */
  public void beforeScrape(Runnable update) {
    beforeScrape.add(update);
  }

  /** All metrics in Prometheus' text format. */
  String scrape() {
    beforeScrape.forEach(Runnable::run);
    return registry.scrape();
  }

  private void close() {
    gc.close();
    registry.close();
  }
}
