package io.maitred.reservation;

import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import io.maitred.reservation.model.MemberId;

/** Names members of the cluster for the ledgers. */
final class Members {
  private Members() {}

  static MemberId id(UniqueAddress address) {
    return new MemberId(address.address() + "#" + address.longUid());
  }

  static MemberId id(Member member) {
    return id(member.uniqueAddress());
  }

  /** Removed because it was downed: the node may still run. */
  static boolean wasDowned(ClusterEvent.MemberRemoved event) {
    return event.previousStatus().equals(MemberStatus.down());
  }
}
