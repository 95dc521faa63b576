package io.maitred.service.model;

import static io.maitred.service.model.Samples.completeWith;
import static io.maitred.service.model.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DescriptionDefaultsTest {
  private final DescriptionDefaults shipped = Samples.SETTINGS.defaults();

  @Test
  void effective_coreWinsOverDefaultsAndOverridesOverCore() {
    var core = completeWith("{'max-instances':7,'concurrency-level':3}");

    var effective = shipped.effective(core, json("{'max-instances':9}"));

    assertEquals(9, effective.integer("max-instances"));
    assertEquals(3, effective.integer("concurrency-level"));
    assertEquals(30, effective.integer("idle-timeout-mins"));
    assertEquals("*", effective.string("permitted-user"));
    assertEquals("other", effective.string("metric-group"));
    assertNull(effective.get("health-check-proto"));
  }

  @Test
  void effective_envAndMetadata_areMergedDeeply() {
    var defaults =
        new DescriptionDefaults(
            json("{'env':{'A':'1','B':'1'},'metadata':{'x':'1'}}"), Map.of(), Map.of(), List.of());

    var effective = defaults.effective(json("{'env':{'B':'2','C':'2'},'metadata':{'y':'2'}}"));

    assertEquals(json("{'A':'1','B':'2','C':'2'}"), effective.map("env"));
    assertEquals(json("{'x':'1','y':'2'}"), effective.map("metadata"));
  }

  @Test
  void effective_livenessCheck_isACopyOfTheHealthCheck() {
    var effective =
        shipped.effective(
            completeWith(
                "{'health-check-url':'/h','health-check-interval-secs':20,"
                    + "'liveness-check-interval-secs':30,'health-check-proto':'http'}"));

    assertEquals("/h", effective.string("liveness-check-url"));
    assertEquals(30, effective.integer("liveness-check-interval-secs"));
    assertEquals("http", effective.string("liveness-check-proto"));
    assertEquals("disabled", effective.string("liveness-check-authentication"));
    assertEquals(0, effective.integer("liveness-check-port-index"));
    assertEquals(5, effective.integer("liveness-check-max-consecutive-failures"));
  }

  @Test
  void effective_maxBelowTheDefaultMin_lowersTheMin() {
    var defaults =
        new DescriptionDefaults(json("{'min-instances':3}"), Map.of(), Map.of(), List.of());

    assertEquals(2, defaults.effective(json("{'max-instances':2}")).integer("min-instances"));
    assertEquals(1, defaults.effective(json("{'max-instances':0}")).integer("min-instances"));
    assertEquals(3, defaults.effective(json("{'max-instances':4}")).integer("min-instances"));
    var both = json("{'max-instances':2,'min-instances':5}");
    assertEquals(5, defaults.effective(both).integer("min-instances"));
  }

  @Test
  void metricGroup_isTheFirstThatMatchesTheName() {
    var defaults =
        new DescriptionDefaults(
            Map.of(),
            Map.of(),
            Map.of(),
            List.of(
                new DescriptionDefaults.MetricGroup(Pattern.compile("web-.*"), "web"),
                new DescriptionDefaults.MetricGroup(Pattern.compile(".*"), "rest")));

    assertEquals("web", defaults.effective(json("{'name':'web-1'}")).string("metric-group"));
    assertEquals("rest", defaults.effective(json("{'name':'x'}")).string("metric-group"));
    assertEquals("other", defaults.effective(Map.of()).string("metric-group"));
    assertEquals("own", defaults.effective(json("{'metric-group':'own'}")).string("metric-group"));
  }

  @Test
  void tokenSettings_areMetadataOverDefaults() {
    var settings = shipped.settingsOf(json("{'queue-timeout-ms':5,'cmd':'x','owner':'alice'}"));

    assertEquals(5, settings.get("queue-timeout-ms"));
    assertEquals(900000, settings.get("socket-timeout-ms"));
    assertEquals("alice", settings.get("owner"));
    assertNull(settings.get("cmd"));
  }
}
