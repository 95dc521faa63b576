package io.maitred.waitingroom.model;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sessions that the origin ended: those that this worker was told of, for the reports, and those of
 * all workers, as the data center tells. At most {@link #MAX} own ones; then the oldest are
 * forgotten.
 */
final class RevokedTickets {
  static final int MAX = 20_000;

  private final Map<TicketId, Long> own =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TicketId, Long> eldest) {
          return size() > MAX;
        }
      };
  private List<RevokedTicket> heard = List.of();
  private Set<TicketId> heardIds = Set.of();

  /**
   * @return false if it is known already
   */
  boolean add(TicketId id, long untilMinute) {
    return !heardIds.contains(id) && own.putIfAbsent(id, untilMinute) == null;
  }

  void hear(List<RevokedTicket> all) {
    if (!all.equals(heard)) {
      heard = all;
      heardIds = new HashSet<>();
      all.forEach(ticket -> heardIds.add(ticket.id()));
    }
  }

  boolean contains(TicketId id) {
    return (!own.isEmpty() && own.containsKey(id))
        || (!heardIds.isEmpty() && heardIds.contains(id));
  }

  /** Those of this worker that must still be remembered. */
  List<RevokedTicket> own(long minute) {
    own.values().removeIf(until -> until < minute);
    return own.entrySet().stream()
        .map(entry -> new RevokedTicket(entry.getKey(), entry.getValue()))
        .toList();
  }
}
