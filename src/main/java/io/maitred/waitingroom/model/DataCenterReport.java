package io.maitred.waitingroom.model;

import io.maitred.common.CborSerializable;
import java.util.List;

/**
 * The sum of what the workers of a data center counted, as of an epoch.
 *
 * @param dataCenter the sender
 * @param incarnation grows with each start of the sender; with {@code sequence} it tells which of
 *     two reports is newer
 * @param sequence one more for each report of this incarnation, from 1
 * @param epoch the time of the cut, in milliseconds
 * @param cells the sum over all workers, cells that are still of interest only
 * @param workers live workers
 * @param quotaHeld for allocations with hard limits; 0 for the present ones
 * @param grantApplied for allocations with hard limits; 0 for the present ones
 */
public record DataCenterReport(
    String dataCenter,
    long incarnation,
    long sequence,
    long epoch,
    RoomCells cells,
    int workers,
    List<RevokedTicket> revoked,
    long quotaHeld,
    long grantApplied)
    implements CborSerializable {

  public DataCenterReport {
    revoked = List.copyOf(revoked);
  }

  /** Whether this is newer than another report of the same data center. */
  public boolean isNewerThan(DataCenterReport other) {
    return incarnation != other.incarnation
        ? incarnation > other.incarnation
        : sequence > other.sequence;
  }
}
