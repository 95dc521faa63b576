package io.maitred.router;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.Materializer;
import io.maitred.router.backend.BackendAddress;
import io.maitred.router.backend.BackendClient;
import io.maitred.router.backend.BackendRequest;
import io.maitred.router.backend.BackendSettings;
import io.maitred.router.backend.Exchange;
import java.util.concurrent.CompletionStage;

/**
 * Carries one request to a backend and its answer back, once there is a slot for it. Never asks a
 * second instance. Safe to use from all threads.
 */
public final class Forwarder {
  private final BackendClient client;

  /**
   * Starts the outbound client.
   *
   * @param materializer runs the streams of request bodies
   */
  public Forwarder(BackendSettings settings, Materializer materializer) {
    this.client = new BackendClient(settings, materializer);
  }

  /**
   * Sends the request. The caller holds a slot of the instance and releases it with {@link
   * Exchange#outcome}; it calls {@link Exchange#cancel} when the client is gone.
   *
   * <p>The answer carries the backend's headers only, its {@code server}, {@code date}, {@code
   * content-type} and {@code via} unchanged, without its {@code x-cid}: the front end adds what is
   * the router's.
   */
  public Exchange forward(HttpRequest request, BackendAddress backend, ForwardOptions options) {
    return client.send(backend, outbound(request, options));
  }

  /** Closes the idle connections of an instance that vanished. */
  public void evict(BackendAddress backend) {
    client.evict(backend);
  }

  /** Ends everything in flight; the fence keeps new requests from starting. */
  public void abortAll() {
    client.abortAll();
  }

  /** Aborts what is in flight and frees threads and connections. */
  public CompletionStage<Void> close() {
    return client.close();
  }

  /** Open connections to backends, idle or not. */
  public int connections() {
    return client.connections();
  }

  /** Open connections that no request uses. */
  public int idleConnections() {
    return client.idleConnections();
  }

  private static BackendRequest outbound(HttpRequest request, ForwardOptions options) {
    var method = request.method();
    return new BackendRequest(
        RequestHead.of(request, options),
        request.entity(),
        method.equals(HttpMethods.HEAD),
        method.isIdempotent(),
        request.getHeader("expect").isPresent(),
        options.socketTimeout(),
        options.streamingTimeout(),
        options.mayStart());
  }
}
