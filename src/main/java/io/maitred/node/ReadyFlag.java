package io.maitred.node;

import akka.actor.AbstractExtensionId;
import akka.actor.ActorSystem;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.ExtensionId;

/** Whether this actor system's node is ready; written by the start and the stop of the node. */
final class ReadyFlag implements Extension {
  private static final class Id extends AbstractExtensionId<ReadyFlag> {
    @Override
    public ReadyFlag createExtension(ExtendedActorSystem system) {
      return new ReadyFlag();
    }
  }

  private static final ExtensionId<ReadyFlag> ID = new Id();

  private volatile boolean ready;

  private ReadyFlag() {}

  static ReadyFlag get(ActorSystem system) {
    return ID.get(system);
  }

  boolean isReady() {
    return ready;
  }

  void set(boolean now) {
    ready = now;
  }
}
