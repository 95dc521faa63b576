package io.maitred.waitingroom.store;

import io.maitred.store.DatabaseNode;
import io.maitred.waitingroom.model.config.ConfigChecks;
import java.util.Map;
import java.util.Optional;

/** One node of a cluster in this process, as far as zones and rooms need one. */
final class RoomNode implements AutoCloseable {
  final DatabaseNode node;
  final RoomStore store;

  private RoomNode(DatabaseNode node, RoomStore store) {
    this.node = node;
    this.store = store;
  }

  /** Starts a node; it forms a cluster of its own until it joins. */
  static RoomNode start(Map<String, Object> settings) {
    var node = DatabaseNode.start(settings);
    var checks =
        new ConfigChecks(page -> Optional.empty(), rule -> Optional.empty(), (zone, host) -> true);
    var store =
        RoomStore.start(
            node.system(), node.database(), RoomStoreSettings.from(node.config()), checks);
    return new RoomNode(node, store);
  }

  RoomNode join(RoomNode first) {
    node.join(first.node);
    return this;
  }

  @Override
  public void close() {
    node.close();
  }
}
