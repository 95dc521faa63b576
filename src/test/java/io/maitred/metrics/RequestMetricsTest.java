package io.maitred.metrics;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RequestMetrics metrics = new RequestMetrics(registry);

  @Test
  void answered_countsByServiceAndStatus() {
    metrics.answered("s1", 200, 1_000_000);
    metrics.answered("s1", 200, 2_000_000);
    metrics.answered("s1", 503, 3_000_000);
    var page = registry.scrape();
    assertTrue(page.contains("maitred_requests_total{service=\"s1\",status=\"200\"} 2.0"), page);
    assertTrue(page.contains("maitred_requests_total{service=\"s1\",status=\"503\"} 1.0"), page);
    assertTrue(
        page.contains("maitred_request_duration_seconds_bucket{service=\"s1\",le=\"0.005\"} 3"),
        page);
  }

  @Test
  void retain_dropsAllOthersButThoseOfNoService() {
    metrics.answered("s1", 200, 1_000_000);
    metrics.answered("s2", 200, 1_000_000);
    metrics.answered(404, 1_000_000);
    metrics.retain(List.of("s2"));
    var page = registry.scrape();
    assertFalse(page.contains("s1"), page);
    assertTrue(page.contains("service=\"s2\""), page);
    assertTrue(page.contains("service=\"none\""), page);
  }

  @Test
  void forget_dropsTheMetersOfTheService() {
    metrics.answered("s1", 200, 1_000_000);
    metrics.reserved("s1", 1_000);
    metrics.forget("s1");
    assertFalse(registry.scrape().contains("s1"));
  }
}
