package io.maitred.service;

import akka.serialization.Serialization;
import io.maitred.common.ServiceId;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.store.Database;
import io.maitred.service.store.StoredRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads documents from the database into the tables: everything at first, later what changed. Used
 * by one thread at a time; every method blocks.
 *
 * <p>A changed document gets a new offset at the end, so reading on from the last offset misses
 * nothing that was visible. Offsets are drawn before they become visible, though: a change may turn
 * up behind one that was read already. Each reading therefore goes back by {@value #WINDOW}
 * offsets, and fetches only documents whose revision is news.
 */
final class ChangeReader {
  static final int WINDOW = 200;
  private static final int PAGE = 1000;
  private static final int FETCH = 100;
  private static final Logger LOG = LoggerFactory.getLogger(ChangeReader.class);

  private final Database database;
  private final Serialization serialization;
  private final ServiceTables tables;
  private final Announcer found;
  private long last = -1;

  /**
   * @param found gets every document that may be news
   */
  ChangeReader(
      Database database, Serialization serialization, ServiceTables tables, Announcer found) {
    this.database = database;
    this.serialization = serialization;
    this.tables = tables;
    this.found = found;
  }

  /** Reads every document; after a failure it may be called again and goes on where it was. */
  void loadAll() throws SQLException {
    List<StoredRow> rows;
    do {
      rows = database.rowsAfter(DocumentEntity.TAG, last, PAGE);
      rows.forEach(this::deliver);
      last = rows.isEmpty() ? last : rows.get(rows.size() - 1).offset();
    } while (rows.size() == PAGE);
  }

  /** Reads what changed since the last call. */
  void readChanges() throws SQLException {
    long from = Math.max(-1, last - WINDOW);
    List<Database.Position> page;
    do {
      page = database.positionsAfter(DocumentEntity.TAG, from, PAGE);
      var news = new ArrayList<String>();
      for (var position : page) {
        if (position.revision() > knownRevision(position.persistenceId())) {
          news.add(position.persistenceId());
        }
        from = position.offset();
      }
      for (int start = 0; start < news.size(); start += FETCH) {
        var ids = news.subList(start, Math.min(news.size(), start + FETCH));
        database.rows(ids).forEach(this::deliver);
      }
      last = Math.max(last, from);
    } while (page.size() == PAGE);
  }

  private long knownRevision(String persistenceId) {
    int separator = persistenceId.indexOf('|');
    var name = persistenceId.substring(separator + 1);
    return persistenceId.startsWith(TokenEntity.TYPE_KEY.name() + "|")
        ? tables.tokenRevision(name)
        : tables.serviceRevision(new ServiceId(name));
  }

  private void deliver(StoredRow row) {
    var document = serialization.deserialize(row.payload(), row.serializerId(), row.manifest());
    if (document.isSuccess() && document.get() instanceof StoredDocument stored) {
      found.announce(stored, row.revision());
    } else {
      // one unreadable document must not keep all others from being served
      LOG.error(
          "{} (revision {}) in the database cannot be read: {}",
          row.persistenceId(),
          row.revision(),
          document);
    }
  }
}
