package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.maitred.common.CborSerializable;
import java.util.List;

/**
 * What a data center tells each of its workers: the state of the whole room as of an epoch, and
 * what this data center may let in since then (contract waiting room 6.6, 9.6). The same for all
 * workers of a data center but for {@code rank}.
 *
 * @param epoch the state version, in milliseconds; 0 when the room is not active anywhere: the
 *     worker then uses its part of a cold start (17.1)
 * @param configVersion of the room that it was computed with
 * @param activeUsers A
 * @param rawSlots U_raw, possibly negative
 * @param admissionRate R, users per minute; 0 when unknown
 * @param admittedThisMinute n(m) as of the epoch
 * @param coveredBelow f: users with a smaller {@link QueueKey} are admitted at once, anywhere
 * @param buckets everybody who waits, oldest first
 * @param partialKey the one bucket of which only some are admitted; {@link Ticket#NEVER} for none
 * @param partial this data center's slots for users of {@code partialKey}
 * @param newUsers this data center's slots for users without a ticket
 * @param anywhere slots for new users that any data center may use; none unless so configured
 * @param random for the method {@code random}: this data center's slots for queued users
 * @param waitingHere for the method {@code random}: queued users of this data center
 * @param workers live workers of this data center
 * @param rank of the receiving worker among them, from 0; -1 when it is not listed yet
 * @param revoked sessions that the origin ended
 * @param grants for allocations with hard limits, opaque; empty for the present ones
 */
public record Allotment(
    long epoch,
    long configVersion,
    long activeUsers,
    long rawSlots,
    double admissionRate,
    long admittedThisMinute,
    long coveredBelow,
    List<BucketState> buckets,
    long partialKey,
    Share partial,
    Share newUsers,
    Share anywhere,
    Share random,
    long waitingHere,
    int workers,
    int rank,
    List<RevokedTicket> revoked,
    List<String> grants)
    implements CborSerializable {

  public Allotment {
    buckets = List.copyOf(buckets);
    revoked = List.copyOf(revoked);
    grants = List.copyOf(grants);
  }

  /** The slots of a pool. */
  public Share share(Outcome.Pool pool) {
    return switch (pool) {
      case NEW_USERS -> newUsers;
      case PARTIAL_BUCKET -> partial;
      case RANDOM -> random;
      case ANYWHERE -> anywhere;
    };
  }

  /**
   * Slots of a data center.
   *
   * @param slots for all its workers together
   * @param drawn whether workers draw each slot from the data center's counter; otherwise the slots
   *     are divided among them
   * @param each what each worker gets when the slots are not divided evenly (the curve of contract
   *     10.5, slots that any data center may use); {@link #EVENLY} when they are. {@link
   *     WorkerSlices#slice} minds it.
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Share(long slots, boolean drawn, long each) {
    public static final long EVENLY = -1;

    public static final Share NONE = new Share(0, false);

    /** Divided evenly, or drawn. */
    public Share(long slots, boolean drawn) {
      this(slots, drawn, EVENLY);
    }
  }

  /**
   * A bucket of waiting users.
   *
   * @param key a {@link QueueKey}
   * @param waiting all who wait
   * @param present those who checked in lately
   * @param eligible those for whom there is a slot
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record BucketState(long key, long waiting, long present, long eligible) {}
}
