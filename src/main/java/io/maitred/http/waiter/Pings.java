package io.maitred.http.waiter;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.http.RequestContext;
import io.maitred.service.model.ServiceDescription;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What {@code /waiter-ping} needs of the system. */
public interface Pings {

  /** Where a ping leads. */
  sealed interface Resolved {}

  /** To a service. */
  record Target(ServiceId id, ServiceDescription core, ServiceDescription effective)
      implements Resolved {}

  /** Nowhere: the token wants another scheme. */
  record Redirect(int status, String location) implements Resolved {}

  /** What a ping may wait for at all routers. */
  enum Goal {
    EXISTS,
    HEALTHY
  }

  /** What this node knows of a service. */
  record Local(boolean exists, boolean healthy, ServiceView.Status status) {}

  /**
   * A probe on its way.
   *
   * @param response fails with a refusal when nothing answers
   * @param giveUp ends the probe: nobody waits for it any more
   */
  record Probe(CompletionStage<HttpResponse> response, Runnable giveUp) {}

  /**
   * The service that the ping's headers mean to its caller. Fails with a refusal: maintenance (its
   * class is {@code waiter.Maintenance}), or a wrong or forbidden description.
   *
   * @param fallback whether a previous version may stand in
   */
  CompletionStage<Resolved> resolve(RequestContext context, HttpRequest ping, boolean fallback);

  /**
   * Sends the probe as a proxied request from the suspended check on, with priority 0: starts the
   * service, waits for a slot ahead of ordinary requests, forwards. The caller consumes or discards
   * the response.
   *
   * @param probe context of the probe: its path is the health check's, its caller the ping's;
   *     {@code known().reserved} tells the ping which instance answered
   * @param ping the request that has the headers with the queue time-out
   * @param portIndex port of the instance to connect to
   * @param protocol protocol to speak
   */
  Probe send(
      RequestContext probe,
      HttpRequest request,
      HttpRequest ping,
      Target target,
      int portIndex,
      String protocol);

  Local local(ServiceId id);

  /** Whether every router of the data center reached the goal within the timeout. */
  CompletionStage<Boolean> await(ServiceId id, Goal goal, Duration timeout);
}
