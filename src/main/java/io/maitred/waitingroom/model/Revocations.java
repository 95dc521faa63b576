package io.maitred.waitingroom.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sessions that the origin ended, as long as they must be remembered; owned by one state. */
final class Revocations {
  private static final int MOST = 10_000;

  private final Map<TicketId, Long> until = new LinkedHashMap<>();

  void add(Collection<RevokedTicket> tickets) {
    for (var ticket : tickets) {
      until.merge(ticket.id(), ticket.untilMinute(), Math::max);
    }
    var oldest = until.keySet().iterator();
    while (until.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
  }

  /** Those that still count in a minute; others are forgotten. */
  List<RevokedTicket> at(long minute) {
    until.values().removeIf(last -> last < minute);
    return until.entrySet().stream()
        .map(entry -> new RevokedTicket(entry.getKey(), entry.getValue()))
        .toList();
  }
}
