package io.maitred.waitingroom.model;

import io.maitred.common.CborSerializable;
import java.util.List;

/**
 * Everything that a worker has counted, as of an epoch. Whole, so that a lost, repeated or late one
 * changes nothing.
 *
 * @param worker the sender
 * @param sequence one more for each report of this worker, from 1
 * @param epoch the room clock's time of the cut, in milliseconds; visits up to it are in, later
 *     ones are not
 * @param admitted all admissions of this worker since its start, up to the cut
 * @param quotaHeld for allocations with hard limits; 0 for the present ones
 * @param grantApplied for allocations with hard limits; 0 for the present ones
 */
public record WorkerReport(
    WorkerId worker,
    long sequence,
    long epoch,
    RoomCells cells,
    long admitted,
    List<RevokedTicket> revoked,
    long quotaHeld,
    long grantApplied)
    implements CborSerializable {

  public WorkerReport {
    revoked = List.copyOf(revoked);
  }
}
