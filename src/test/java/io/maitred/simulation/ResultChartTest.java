package io.maitred.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ResultChartTest {
  private static SimulationResult result() {
    return Simulation.run(
        Scenario.of(
            "small",
            "Small <room> & few people",
            new Scenario.Limits(200, 200, 5),
            Scenario.sites(1, 1),
            Duration.ofMinutes(3),
            ArrivalCurve.steady(100)),
        1);
  }

  @Test
  void chart_isWellFormed() throws Exception {
    var svg = ResultChart.of(result());
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertEquals(
        "Small <room> & few people",
        document.getElementsByTagName("title").item(0).getTextContent());
  }

  @Test
  void table_hasAsManyColumnsAsItsHead() {
    var lines = ResultTable.of(List.of(result())).split("\n");
    assertEquals(3, lines.length);
    var bars = lines[0].chars().filter(c -> c == '|').count();
    assertEquals(bars, lines[1].chars().filter(c -> c == '|').count());
    assertEquals(bars, lines[2].chars().filter(c -> c == '|').count());
  }

  @Test
  void main_unknownScenario_saysWhichThereAre() {
    var failure =
        assertThrows(
            IllegalArgumentException.class, () -> SimulateRooms.main(new String[] {"none"}));
    assertTrue(failure.getMessage().contains("flash-sale"), failure::getMessage);
  }

  @Test
  void scenarios_haveNamesOfTheirOwn() {
    var names = Scenarios.all().stream().map(Scenario::name).toList();
    assertEquals(names.size(), names.stream().distinct().count());
  }
}
