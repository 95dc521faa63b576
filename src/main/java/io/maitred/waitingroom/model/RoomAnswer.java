package io.maitred.waitingroom.model;

import io.maitred.common.CborSerializable;
import java.time.Instant;
import java.util.List;

/**
 * What all data centers reported, as far as the asker does not know it yet.
 *
 * @param reports of any data center, the asker included
 * @param backup the asker's own, if it asked for it
 * @param grants for allocations with hard limits; empty for the present ones
 * @param roomTime time of the answer: the room's clock
 */
public record RoomAnswer(
    List<DataCenterReport> reports,
    List<WorkerReport> backup,
    List<String> grants,
    Instant roomTime)
    implements CborSerializable {

  public RoomAnswer {
    reports = List.copyOf(reports);
    backup = List.copyOf(backup);
    grants = List.copyOf(grants);
  }
}
