package io.maitred.service;

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
import io.maitred.service.model.StoredDocument;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's tables up to date: loads them at the start, takes over what other nodes
 * announce, passes on what this node's entities announce, and compares with the database at every
 * interval. Readings never overlap; one that fails is repeated after the interval.
 */
final class TableKeeper extends AbstractBehavior<TableKeeper.Command> {

  sealed interface Command {}

  /** What is in the database now; goes to every node of the data center. */
  record Announced(StoredDocument document, long revision) implements Command, CborSerializable {}

  /** To be sent to the other nodes. */
  record Publish(Announced announced) implements Command {}

  private enum ReadDue implements Command {
    INSTANCE
  }

  private record Read(@Nullable Throwable failure) implements Command {}

  /** A reading, which blocks. */
  private interface Reading {
    void run() throws SQLException;
  }

  private final ChangeReader reader;
  private final Announcer tables;
  private final Executor blocking;
  private final Duration interval;
  private final CompletableFuture<Done> loaded;
  private final TimerScheduler<Command> timers;
  private final ActorRef<Topic.Command<Announced>> topic;
  private boolean failing;

  static Behavior<Command> create(
      ChangeReader reader,
      Announcer tables,
      Executor blocking,
      Duration interval,
      CompletableFuture<Done> loaded) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new TableKeeper(context, timers, reader, tables, blocking, interval, loaded)));
  }

  private TableKeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ChangeReader reader,
      Announcer tables,
      Executor blocking,
      Duration interval,
      CompletableFuture<Done> loaded) {
    super(context);
    this.timers = timers;
    this.reader = reader;
    this.tables = tables;
    this.blocking = blocking;
    this.interval = interval;
    this.loaded = loaded;
    this.topic =
        context.spawn(Topic.create(Announced.class, "maitred-service-documents"), "announcements");
    topic.tell(Topic.subscribe(context.getSelf().narrow()));
    read();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Announced.class, this::onAnnounced)
        .onMessage(Publish.class, this::onPublish)
        .onMessageEquals(ReadDue.INSTANCE, this::onReadDue)
        .onMessage(Read.class, this::onRead)
        .build();
  }

  private Behavior<Command> onAnnounced(Announced announced) {
    tables.announce(announced.document(), announced.revision());
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
    Reading reading = loaded.isDone() ? reader::readChanges : reader::loadAll;
    var done =
        CompletableFuture.runAsync(
            () -> {
              try {
                reading.run();
              } catch (SQLException e) {
                throw new CompletionException(e);
              }
            },
            blocking);
    getContext().pipeToSelf(done, (nothing, failure) -> new Read(cause(failure)));
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
