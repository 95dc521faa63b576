package io.maitred.waitingroom.model;

/**
 * What this worker counted lately for each user, so that parallel requests with one old cookie
 * count one user once (contract waiting room 5.2, 11.1), and a place in the queue is used once
 * (15.9).
 *
 * <p>Two generations of flat rows: an entry is remembered for at least {@link #MINUTES} after its
 * last change unless more than {@link #MAX_USERS} users come within that time; then the oldest are
 * forgotten sooner, and their tickets alone tell what was counted. Rows found are valid until the
 * next call of {@link #row} or {@link #tick}.
 */
final class RecentUsers {
  static final int ACTIVE_CELL = 2;
  static final int TRAFFIC_MINUTE = 3;
  static final int WAITING_MINUTE = 4;
  static final int WAITING_KEY = 5;

  /** When a queued ticket was used to enter, or a session began; milliseconds. */
  static final int ADMITTED_AT = 6;

  static final int MINUTES = RoomTime.GRACE_MINUTES + 1;
  static final int MAX_USERS = 1 << 16;

  private static final int USED = 7;
  private static final int WIDTH = 8;
  private static final int INITIAL = 32;
  private static final long NEVER = Ticket.NEVER;

  private long[] rows = new long[INITIAL * WIDTH];
  private int users;
  private long[] before = new long[0];
  private long since = NEVER;

  /** Forgets what is too old. */
  void tick(long minute) {
    if (since == NEVER) {
      since = minute;
    } else if (minute - since >= MINUTES || minute < since - MINUTES) {
      if (minute - since >= 2 * MINUTES) {
        rows = new long[INITIAL * WIDTH];
        users = 0;
      }
      rotate(minute);
    }
  }

  /** The row of a user; a new one holds {@link Ticket#NEVER} everywhere. */
  int row(TicketId id, long minute) {
    int at = find(rows, id);
    if (rows[at + USED] != 0) {
      return at;
    }
    if (users >= MAX_USERS) {
      rotate(minute);
      at = find(rows, id);
    } else if (2 * (users + 1) * WIDTH > rows.length) {
      grow();
      at = find(rows, id);
    }
    users++;
    int old = before.length == 0 ? -1 : find(before, id);
    if (old >= 0 && before[old + USED] != 0) {
      System.arraycopy(before, old, rows, at, WIDTH);
    } else {
      rows[at] = id.high();
      rows[at + 1] = id.low();
      for (int field = ACTIVE_CELL; field < USED; field++) {
        rows[at + field] = NEVER;
      }
      rows[at + USED] = 1;
    }
    return at;
  }

  /** A field of a user, {@link Ticket#NEVER} for one who is not remembered. */
  long peek(TicketId id, int field) {
    int at = find(rows, id);
    if (rows[at + USED] != 0) {
      return rows[at + field];
    }
    if (before.length > 0) {
      at = find(before, id);
      if (before[at + USED] != 0) {
        return before[at + field];
      }
    }
    return NEVER;
  }

  long get(int row, int field) {
    return rows[row + field];
  }

  void set(int row, int field, long value) {
    rows[row + field] = value;
  }

  private void rotate(long minute) {
    before = users == 0 ? new long[0] : rows;
    rows = new long[INITIAL * WIDTH];
    users = 0;
    since = minute;
  }

  private void grow() {
    var old = rows;
    rows = new long[old.length * 2];
    for (int i = 0; i < old.length; i += WIDTH) {
      if (old[i + USED] != 0) {
        System.arraycopy(old, i, rows, find(rows, old[i], old[i + 1]), WIDTH);
      }
    }
  }

  private static int find(long[] table, TicketId id) {
    return find(table, id.high(), id.low());
  }

  /**
   * The row of an id, or the free one where it belongs. Ids are random: their bits are the hash.
   */
  private static int find(long[] table, long high, long low) {
    int mask = table.length / WIDTH - 1;
    int at = (int) (high ^ low) & mask;
    while (true) {
      int row = at * WIDTH;
      if (table[row + USED] == 0 || (table[row] == high && table[row + 1] == low)) {
        return row;
      }
      at = (at + 1) & mask;
    }
  }
}
