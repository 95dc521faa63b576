package io.maitred.node;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.common.ServiceId;
import io.maitred.discovery.ViewListener;
import io.maitred.discovery.model.ServiceView;
import io.maitred.reservation.InstanceReserver;

/** Brings what the scheduler's sync knows to the sharded entities of each service. */
final class EntityViews implements ViewListener {
  private final ClusterSharding sharding;

  EntityViews(ClusterSharding sharding) {
    this.sharding = sharding;
  }

  @Override
  public void changed(ServiceView view) {
    reserver(view.id(), new InstanceReserver.Discovered(view));
  }

  @Override
  public void gone(ServiceId id, ServiceView.Version version) {
    reserver(id, new InstanceReserver.ServiceGone());
  }

  private void reserver(ServiceId id, InstanceReserver.Command command) {
    sharding.entityRefFor(InstanceReserver.TYPE_KEY, id.value()).tell(command);
  }
}
