package io.maitred.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.metrics.ServiceGauges.Instances;
import io.maitred.metrics.ServiceGauges.Service;
import io.maitred.metrics.ServiceGauges.Slots;
import io.maitred.reservation.PoolLoad;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsOfNodeTest {
  private static final ServiceId LISTED = new ServiceId("listed");
  private static final ServiceId ASKED_FOR = new ServiceId("asked-for");

  @Test
  void services_listedOrWithAPool_areShownOnce() {
    var view =
        new ServiceView(
            new ServiceView.Version(1, 1), LISTED, 0, 0, List.of(), List.of(), List.of(), null);
    var shown =
        MetricsOfNode.services(
            Map.of(LISTED, view), List.of(new PoolLoad(ASKED_FOR, 1, 5, 3, 2, 4)));
    assertEquals(
        List.of(
            new Service("asked-for", 1, new Slots(5, 3, 2), 4, new Instances(0, 0, 0)),
            new Service("listed", 0, new Slots(0, 0, 0), 0, new Instances(0, 0, 0))),
        shown);
  }
}
