package io.maitred.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads documents from the database into the tables: everything at first, later what changed. Every
 * method blocks; {@link #loadAll} and {@link #readChanges} are used by one thread at a time.
 *
 * <p>A changed document gets a new offset at the end, so reading on from the last offset misses
 * nothing that was visible. Offsets are drawn before they become visible, though: a change may turn
 * up behind one that was read already. Each reading therefore goes back by {@value #WINDOW}
 * offsets, and fetches only documents whose revision is news.
 */
final class ChangeReader<D> {
  static final int WINDOW = 200;
  private static final int PAGE = 1000;
  private static final int FETCH = 100;

  private final Database database;
  private final Rows<D> rows;
  private final Mirror<D> mirror;
  private final Announcer<D> found;
  private long last = -1;

  /**
   * @param found gets every document that may be news
   */
  ChangeReader(Database database, Rows<D> rows, Mirror<D> mirror, Announcer<D> found) {
    this.database = database;
    this.rows = rows;
    this.mirror = mirror;
    this.found = found;
  }

  /** Reads every document; after a failure it may be called again and goes on where it was. */
  void loadAll() throws SQLException {
    List<StoredRow> page;
    do {
      page = database.rowsAfter(rows.family().tag(), last, PAGE);
      page.forEach(this::deliver);
      last = page.isEmpty() ? last : page.get(page.size() - 1).offset();
    } while (page.size() == PAGE);
  }

  /** Reads what changed since the last call. */
  void readChanges() throws SQLException {
    long from = Math.max(-1, last - WINDOW);
    List<Database.Position> page;
    do {
      page = database.positionsAfter(rows.family().tag(), from, PAGE);
      var news = new ArrayList<String>();
      for (var position : page) {
        if (position.revision() > mirror.revision(position.persistenceId())) {
          news.add(position.persistenceId());
        }
        from = position.offset();
      }
      for (int start = 0; start < news.size(); start += FETCH) {
        read(news.subList(start, Math.min(news.size(), start + FETCH)));
      }
      last = Math.max(last, from);
    } while (page.size() == PAGE);
  }

  /** Reads these documents; from any thread. */
  void read(Collection<String> persistenceIds) throws SQLException {
    database.rows(persistenceIds).forEach(this::deliver);
  }

  private void deliver(StoredRow row) {
    rows.document(row).ifPresent(document -> found.announce(document, row.revision()));
  }
}
