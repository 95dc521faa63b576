package io.maitred.reservation.model;

import io.maitred.common.InstanceId;
import org.jspecify.annotations.Nullable;

/** What a {@link LeaseLedger} wants to be done. */
public sealed interface LedgerOutput {

  /** Send the targets to the member's router. */
  record Send(MemberId to, LeaseTargets leases) implements LedgerOutput {}

  /**
   * Say the term to the member's router, so that it reports.
   *
   * @param to one member, or null for everyone
   */
  record Greet(@Nullable MemberId to, Term term) implements LedgerOutput {}

  /** No router holds a slot of the instance any more, nor gets one until the kill has ended. */
  record KillReady(InstanceId instance) implements LedgerOutput {}

  /** No instance can be killed now. */
  record NothingKillable() implements LedgerOutput {}
}
