package io.maitred.reservation;

import io.maitred.common.InstanceId;
import io.maitred.service.model.Instance;
import org.jspecify.annotations.Nullable;

/** One instance as a pool sees it; guarded by the pool's lock. */
final class PoolInstance {
  static final int UNRANKED = -1;

  final InstanceId id;

  /** As discovery says; null before it is known and after it vanished. */
  @Nullable Instance instance;

  int target;
  int inUse;

  /** Healthy, and neither ejected nor locked. */
  boolean servable;

  boolean expired;
  boolean locked;

  /** Place in the order of picking, if servable. */
  int rank = UNRANKED;

  private @Nullable Slot oldestUse;
  @Nullable Slot youngestUse;

  PoolInstance(InstanceId id) {
    this.id = id;
  }

  boolean hasFree() {
    return inUse < target;
  }

  int held() {
    return Math.max(target, inUse);
  }

  void begin(Slot slot) {
    inUse++;
    slot.previous = youngestUse;
    if (youngestUse == null) {
      oldestUse = slot;
    } else {
      youngestUse.next = slot;
    }
    youngestUse = slot;
  }

  void end(Slot slot) {
    inUse--;
    if (slot.previous == null) {
      oldestUse = slot.next;
    } else {
      slot.previous.next = slot.next;
    }
    if (slot.next == null) {
      youngestUse = slot.previous;
    } else {
      slot.next.previous = slot.previous;
    }
    slot.previous = null;
    slot.next = null;
  }

  /** The requests on it, oldest first. */
  @Nullable Slot oldestUse() {
    return oldestUse;
  }
}
