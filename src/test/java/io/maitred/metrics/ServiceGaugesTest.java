package io.maitred.metrics;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.metrics.ServiceGauges.Instances;
import io.maitred.metrics.ServiceGauges.Service;
import io.maitred.metrics.ServiceGauges.Slots;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceGaugesTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ServiceGauges gauges = new ServiceGauges(registry);

  @Test
  void show_everyNumberHasItsLine() {
    gauges.show(List.of(service("s1", 7)));
    var page = registry.scrape();
    for (var line :
        List.of(
            "maitred_queue_length{service=\"s1\"} 7.0",
            "maitred_slots{service=\"s1\",state=\"held\"} 4.0",
            "maitred_slots{service=\"s1\",state=\"in_use\"} 3.0",
            "maitred_slots{service=\"s1\",state=\"available\"} 1.0",
            "maitred_ejected_instances{service=\"s1\"} 2.0",
            "maitred_instances{service=\"s1\",state=\"healthy\"} 5.0",
            "maitred_instances{service=\"s1\",state=\"unhealthy\"} 6.0",
            "maitred_instances{service=\"s1\",state=\"failed\"} 8.0")) {
      assertTrue(page.contains(line + "\n"), line + " in\n" + page);
    }
  }

  @Test
  void show_again_replacesValuesAndDropsWhatIsGone() {
    gauges.show(List.of(service("s1", 7), service("s2", 1)));
    gauges.show(List.of(service("s2", 9)));
    var page = registry.scrape();
    assertFalse(page.contains("s1"), page);
    assertTrue(page.contains("maitred_queue_length{service=\"s2\"} 9.0\n"), page);
  }

  private static Service service(String id, int waiting) {
    return new Service(id, waiting, new Slots(4, 3, 1), 2, new Instances(5, 6, 8));
  }
}
