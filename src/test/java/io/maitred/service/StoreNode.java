package io.maitred.service;

import akka.actor.typed.ActorSystem;
import io.maitred.store.DatabaseNode;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** One node of a cluster in this process, as far as tokens and services need one. */
final class StoreNode implements AutoCloseable {
  final ServiceStore store;
  private final DatabaseNode node;

  private StoreNode(DatabaseNode node, ServiceStore store) {
    this.node = node;
    this.store = store;
  }

  /** Starts a node; it forms a cluster of its own until it joins. */
  static StoreNode start(Map<String, Object> settings) {
    var node = DatabaseNode.start(settings);
    var store =
        ServiceStore.start(
            node.system(),
            node.database(),
            ServiceStoreSettings.from(node.config()),
            tables -> TestRules::decide);
    return new StoreNode(node, store);
  }

  ActorSystem<?> system() {
    return node.system();
  }

  StoreNode join(StoreNode first) {
    node.join(first.node);
    return this;
  }

  /** Waits until this node sees so many members that are up. */
  void awaitUp(int members) {
    node.awaitUp(members);
  }

  /** Waits until the assertion holds on this node. */
  void eventually(Runnable assertion) {
    node.eventually(assertion);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return DatabaseNode.get(stage);
  }

  @Override
  public void close() {
    node.close();
  }
}
