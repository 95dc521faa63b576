package io.maitred.store;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Props;
import akka.serialization.SerializationExtension;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A family of documents as one node has it: its tables, kept up to date from the database and from
 * announcements, and who listens to changes. One per node and family.
 *
 * @param <D> the documents of the family
 */
public final class Documents<D> {
  private static final Logger LOG = LoggerFactory.getLogger(Documents.class);

  private final Mirror<D> mirror;
  private final Rows<D> rows;
  private final ChangeReader<D> reader;
  private final Executor blocking;
  private final ActorRef<TableKeeper.Command> keeper;
  private final List<Consumer<D>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Done> loaded = new CompletableFuture<>();

  private Documents(
      ActorSystem<?> system,
      Database database,
      DocumentFamily<D> family,
      Mirror<D> mirror,
      Duration pollInterval) {
    this.mirror = mirror;
    this.rows = new Rows<>(SerializationExtension.get(system), family);
    this.reader = new ChangeReader<>(database, rows, mirror, this::apply);
    this.blocking =
        system.dispatchers().lookup(DispatcherSelector.fromConfig("maitred.database-dispatcher"));
    this.keeper =
        system.systemActorOf(
            TableKeeper.create(rows, reader, mirror, this::apply, blocking, pollInterval, loaded),
            family.name() + "-tables",
            Props.empty());
  }

  /**
   * Starts to load and to keep the tables. Once per actor system and family, after the system was
   * created with {@link DatabaseSettings#overlay()} and the database was opened; the cluster need
   * not be joined yet.
   *
   * @param mirror the tables
   * @param pollInterval how often the tables are compared with the database
   */
  public static <D> Documents<D> start(
      ActorSystem<?> system,
      Database database,
      DocumentFamily<D> family,
      Mirror<D> mirror,
      Duration pollInterval) {
    return new Documents<>(system, database, family, mirror, pollInterval);
  }

  /** Done when the tables have been filled for the first time; never fails. */
  public CompletionStage<Done> loaded() {
    return loaded.minimalCompletionStage();
  }

  /**
   * Calls the listener after each change of the tables, on any thread; it must return at once.
   * Calls for one document may come out of order: look into the tables for the present state.
   */
  public void onChange(Consumer<D> listener) {
    listeners.add(listener);
  }

  /** What an entity of this node wrote: known here before its caller hears of it. */
  public void announce(D document, long revision) {
    if (apply(document, revision)) {
      var row = rows.row(document, revision);
      keeper.tell(new TableKeeper.Publish(TableKeeper.Announced.of(row)));
    }
  }

  /** Takes a document over into this node's tables if it is news; says whether it was. */
  public boolean apply(D document, long revision) {
    boolean news = mirror.apply(document, revision);
    if (news) {
      listeners.forEach(listener -> tell(listener, document));
    }
    return news;
  }

  /**
   * Completes when the tables hold this revision of a document, or a later one. Fails when it would
   * have to be read from the database and cannot be.
   */
  public CompletionStage<Done> await(String persistenceId, long revision) {
    if (mirror.revision(persistenceId) >= revision) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    return CompletableFuture.supplyAsync(() -> read(persistenceId, revision), blocking);
  }

  private Done read(String persistenceId, long revision) {
    try {
      if (mirror.revision(persistenceId) < revision) {
        reader.read(List.of(persistenceId));
      }
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
    if (mirror.revision(persistenceId) < revision) {
      throw new IllegalStateException(
          persistenceId + ": revision " + revision + " is not in the database");
    }
    return Done.getInstance();
  }

  /** A listener that throws must not take the entity down that wrote, nor keep others from news. */
  private void tell(Consumer<D> listener, D document) {
    try {
      listener.accept(document);
    } catch (RuntimeException e) {
      LOG.error("A listener of the documents of {} failed", rows.family().name(), e);
    }
  }
}
