package io.maitred.node;

import io.maitred.http.waitingroom.GatePorts;
import io.maitred.waitingroom.model.config.KnownZone;
import io.maitred.waitingroom.model.config.KnownZones;
import io.maitred.waitingroom.store.RoomStore;

/** What the configuration and the store say of zones. */
record ZonesOfNode(KnownZones known, RoomStore store) implements GatePorts.Zones {
  @Override
  public boolean isAlwaysHttps(String zone) {
    return known.find(zone).filter(KnownZone::alwaysHttps).isPresent();
  }

  @Override
  public boolean letsCrawlersPass(String zone) {
    return store.tables().settings(zone).searchEngineCrawlerBypass();
  }
}
