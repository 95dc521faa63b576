package io.maitred.router;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.stream.SystemMaterializer;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RefusedException;
import io.maitred.http.ClientConnections;
import io.maitred.http.ServerSettingsFactory;
import io.maitred.reservation.model.Outcome;
import io.maitred.router.backend.BackendAddress;
import io.maitred.router.backend.BackendSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A server as in production, whose every request is forwarded to one backend. */
final class TestFront implements AutoCloseable {
  static final String VIA = "HTTP/1.1 maitred/test";

  private final ActorTestKit kit;
  private final Forwarder forwarder;
  private final ServerBinding binding;
  private final LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private volatile BackendAddress backend = new BackendAddress(false, "127.0.0.1", 1);
  private volatile UnaryOperator<ForwardOptions> options = UnaryOperator.identity();

  private TestFront(String config) throws Exception {
    var all =
        ConfigFactory.parseString(config + "\nakka.actor.provider = local")
            .withFallback(ConfigFactory.load());
    kit = ActorTestKit.create("front", all);
    forwarder =
        new Forwarder(
            BackendSettings.from(all), SystemMaterializer.get(kit.system()).materializer());
    binding =
        Http.get(kit.system())
            .newServerAt("127.0.0.1", 0)
            .withSettings(ServerSettingsFactory.create(all))
            .bindFlow(ClientConnections.flow(this::handle, Duration.ofSeconds(60), () -> false))
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  static TestFront start() throws Exception {
    return start("");
  }

  /** With settings that differ from the defaults. */
  static TestFront start(String config) throws Exception {
    return new TestFront(config);
  }

  static ForwardOptions defaults() {
    return new ForwardOptions(
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        ForwardOptions.basic("waiter", "secret"),
        "alice@EXAMPLE.COM",
        "cid-1",
        VIA,
        () -> true);
  }

  TestFront to(ScriptedBackend target) {
    return to(new BackendAddress(false, "127.0.0.1", target.port()));
  }

  TestFront to(BackendAddress target) {
    backend = target;
    options = UnaryOperator.identity();
    outcomes.clear();
    return this;
  }

  TestFront with(UnaryOperator<ForwardOptions> change) {
    options = change;
    return this;
  }

  int port() {
    return binding.localAddress().getPort();
  }

  Forwarder forwarder() {
    return forwarder;
  }

  ActorTestKit kit() {
    return kit;
  }

  /** A client's connection. */
  ScriptedBackend.Line connect() throws Exception {
    return ScriptedBackend.Line.to(port());
  }

  /** The outcome of the next exchange that ends; fails when none does within 20 s. */
  Outcome nextOutcome() throws InterruptedException {
    var outcome = outcomes.poll(20, TimeUnit.SECONDS);
    if (outcome == null) {
      throw new AssertionError("no exchange ended");
    }
    return outcome;
  }

  List<Outcome> otherOutcomes() {
    return List.copyOf(outcomes);
  }

  @Override
  public void close() {
    forwarder.close().toCompletableFuture().join();
    kit.shutdownTestKit();
  }

  private CompletionStage<HttpResponse> handle(HttpRequest request) {
    var exchange = forwarder.forward(request, backend, options.apply(defaults()));
    exchange.outcome().thenAccept(outcomes::add);
    ClientWatch.whenGone(request, exchange::cancel);
    return exchange.response().exceptionally(TestFront::refused);
  }

  private static HttpResponse refused(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof RefusedException refused)) {
      throw new CompletionException(cause);
    }
    var refusal = refused.refusal();
    return HttpResponse.create()
        .withStatus(StatusCodes.get(refusal.status()))
        .withEntity(refusal.message() + "|" + refusal.details().get("error-cause"));
  }
}
