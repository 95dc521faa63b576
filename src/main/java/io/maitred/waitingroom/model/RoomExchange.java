package io.maitred.waitingroom.model;

import io.maitred.common.CborSerializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a data center tells the one aggregator of its room in the world, which answers with a {@link
 * RoomAnswer}.
 *
 * @param report its newest; null when it has none yet
 * @param held the newest reports that it knows, by data center
 * @param fresh whether it has just started and asks for its own back-up
 * @param waking whether somebody came to a room that was silent
 * @param backup what each of its workers counted, now and then; null otherwise
 */
public record RoomExchange(
    String dataCenter,
    @Nullable DataCenterReport report,
    Map<String, ReportStamp> held,
    boolean fresh,
    boolean waking,
    @Nullable List<WorkerReport> backup)
    implements CborSerializable {

  public RoomExchange {
    held = Map.copyOf(held);
    backup = backup == null ? null : List.copyOf(backup);
  }
}
