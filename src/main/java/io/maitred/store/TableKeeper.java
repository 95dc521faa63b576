package io.maitred.store;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.pubsub.Topic;
import io.maitred.common.CborSerializable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's tables up to date: loads them at the start, takes over what other nodes
 * announce, passes on what this node's entities announce, and compares with the database at every
 * interval. Readings of that kind never overlap; one that fails is repeated after the interval.
 */
final class TableKeeper<D> extends AbstractBehavior<TableKeeper.Command> {

  /** Larger documents are not sent around: who hears of one reads it from the database. */
  static final int MAX_ANNOUNCED_BYTES = 900 * 1024;

  sealed interface Command {}

  /**
   * What is in the database now; goes to every node of the data center.
   *
   * @param payload the serialized document; null when it is too large for a message
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Announced(
      String persistenceId,
      long revision,
      byte @Nullable [] payload,
      int serializerId,
      String manifest)
      implements Command, CborSerializable {

    static Announced of(StoredRow row) {
      return new Announced(
          row.persistenceId(),
          row.revision(),
          row.payload().length > MAX_ANNOUNCED_BYTES ? null : row.payload(),
          row.serializerId(),
          row.manifest());
    }
  }

  /** To be sent to the other nodes. */
  record Publish(Announced announced) implements Command {}

  private enum ReadDue implements Command {
    INSTANCE
  }

  private record Read(@Nullable Throwable failure) implements Command {}

  private record ReadLarge(String persistenceId, @Nullable Throwable failure) implements Command {}

  /** A reading, which blocks. */
  private interface Reading {
    void run() throws SQLException;
  }

  private final Rows<D> rows;
  private final ChangeReader<D> reader;
  private final Mirror<D> mirror;
  private final Announcer<D> tables;
  private final Executor blocking;
  private final Duration interval;
  private final CompletableFuture<Done> loaded;
  private final TimerScheduler<Command> timers;
  private final ActorRef<Topic.Command<Announced>> topic;
  private boolean failing;

  static <D> Behavior<Command> create(
      Rows<D> rows,
      ChangeReader<D> reader,
      Mirror<D> mirror,
      Announcer<D> tables,
      Executor blocking,
      Duration interval,
      CompletableFuture<Done> loaded) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new TableKeeper<>(
                        context, timers, rows, reader, mirror, tables, blocking, interval,
                        loaded)));
  }

  private TableKeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Rows<D> rows,
      ChangeReader<D> reader,
      Mirror<D> mirror,
      Announcer<D> tables,
      Executor blocking,
      Duration interval,
      CompletableFuture<Done> loaded) {
    super(context);
    this.timers = timers;
    this.rows = rows;
    this.reader = reader;
    this.mirror = mirror;
    this.tables = tables;
    this.blocking = blocking;
    this.interval = interval;
    this.loaded = loaded;
    this.topic =
        context.spawn(
            Topic.create(Announced.class, "maitred-" + rows.family().name() + "-documents"),
            "announcements");
    topic.tell(Topic.subscribe(context.getSelf().narrow()));
    read();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Announced.class, this::onAnnounced)
        .onMessage(ReadLarge.class, this::onReadLarge)
        .onMessage(Publish.class, this::onPublish)
        .onMessageEquals(ReadDue.INSTANCE, this::onReadDue)
        .onMessage(Read.class, this::onRead)
        .build();
  }

  private Behavior<Command> onAnnounced(Announced announced) {
    var id = announced.persistenceId();
    if (announced.revision() <= mirror.revision(id)) {
      return this;
    }
    var payload = announced.payload();
    if (payload == null) {
      getContext()
          .pipeToSelf(
              run(() -> reader.read(List.of(id))),
              (nothing, failure) -> new ReadLarge(id, cause(failure)));
      return this;
    }
    rows.document(
            new StoredRow(
                0,
                id,
                announced.revision(),
                payload,
                announced.serializerId(),
                announced.manifest()))
        .ifPresent(document -> tables.announce(document, announced.revision()));
    return this;
  }

  private Behavior<Command> onReadLarge(ReadLarge read) {
    if (read.failure() != null) {
      getContext()
          .getLog()
          .warn(
              "{} cannot be read, it will be after the next comparison: {}",
              read.persistenceId(),
              read.failure().toString());
    }
    return this;
  }

  private Behavior<Command> onPublish(Publish publish) {
    topic.tell(Topic.publish(publish.announced()));
    return this;
  }

  private Behavior<Command> onReadDue() {
    read();
    return this;
  }

  private Behavior<Command> onRead(Read read) {
    if (read.failure() == null) {
      if (failing) {
        getContext().getLog().info("The database can be read again");
      }
      failing = false;
      loaded.complete(Done.getInstance());
    } else if (!failing) {
      failing = true;
      getContext()
          .getLog()
          .warn("The database cannot be read, trying again: {}", read.failure().toString());
    }
    timers.startSingleTimer(ReadDue.INSTANCE, interval);
    return this;
  }

  private void read() {
    var done = run(loaded.isDone() ? reader::readChanges : reader::loadAll);
    getContext().pipeToSelf(done, (nothing, failure) -> new Read(cause(failure)));
  }

  private CompletableFuture<Void> run(Reading reading) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            reading.run();
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        blocking);
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
