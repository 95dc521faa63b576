package io.maitred.node;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.autoscaler.ServiceScaler;
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
    scaler(view.id(), new ServiceScaler.Viewed(view));
  }

  @Override
  public void gone(ServiceId id, ServiceView.Version version) {
    reserver(id, new InstanceReserver.ServiceGone());
    scaler(id, new ServiceScaler.Gone(id, version));
  }

  private void scaler(ServiceId id, ServiceScaler.Command command) {
    sharding.entityRefFor(ServiceScaler.TYPE_KEY, id.value()).tell(command);
  }

  private void reserver(ServiceId id, InstanceReserver.Command command) {
    sharding.entityRefFor(InstanceReserver.TYPE_KEY, id.value()).tell(command);
  }
}
