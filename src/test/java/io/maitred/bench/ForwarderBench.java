package io.maitred.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.stream.SystemMaterializer;
import com.typesafe.config.ConfigFactory;
import io.maitred.http.ClientConnections;
import io.maitred.http.ServerSettingsFactory;
import io.maitred.router.ClientWatch;
import io.maitred.router.ForwardOptions;
import io.maitred.router.Forwarder;
import io.maitred.router.backend.BackendAddress;
import io.maitred.router.backend.BackendSettings;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * The data plane alone: a server that forwards everything to one backend. Arguments: its port, the
 * backend's port.
 */
public final class ForwarderBench {
  private ForwarderBench() {}

  public static void main(String[] args) {
    var config =
        ConfigFactory.parseString("akka.actor.provider = local, akka.loglevel = WARNING")
            .withFallback(ConfigFactory.load());
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench", config);
    var forwarder =
        new Forwarder(BackendSettings.from(config), SystemMaterializer.get(system).materializer());
    var backend = new BackendAddress(false, "127.0.0.1", Integer.parseInt(args[1]));
    var options =
        new ForwardOptions(
            Duration.ofMinutes(15),
            Duration.ofSeconds(20),
            ForwardOptions.basic("waiter", "0123456789abcdef"),
            "alice@EXAMPLE.COM",
            "0123456789abcdef-0123456789abcdef",
            "HTTP/1.1 maitred/bench",
            () -> true);
    Http.get(system)
        .newServerAt("127.0.0.1", Integer.parseInt(args[0]))
        .withSettings(ServerSettingsFactory.create(config))
        .bindFlow(
            ClientConnections.flow(
                request -> forward(forwarder, request, backend, options),
                Duration.ofSeconds(60),
                () -> false))
        .toCompletableFuture()
        .join();
    System.out.println("ready");
  }

  private static CompletionStage<HttpResponse> forward(
      Forwarder forwarder, HttpRequest request, BackendAddress backend, ForwardOptions options) {
    var exchange = forwarder.forward(request, backend, options);
    ClientWatch.whenGone(request, exchange::cancel);
    return exchange
        .response()
        .exceptionally(e -> HttpResponse.create().withStatus(StatusCodes.BAD_GATEWAY));
  }
}
