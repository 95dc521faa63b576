package io.maitred.reservation;

import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.maitred.common.ServiceId;

/** The way to the reserver of a service: sharding, or a probe in tests. */
@FunctionalInterface
public interface Reservers {
  void tell(ServiceId service, InstanceReserver.Command command);

  static Reservers of(ClusterSharding sharding) {
    return (service, command) ->
        sharding.entityRefFor(InstanceReserver.TYPE_KEY, service.value()).tell(command);
  }
}
