package io.maitred.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import akka.util.ByteString;
import io.maitred.router.ClientWatch;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientConnectionsTest {
  private static final Duration IDLE = Duration.ofSeconds(60);

  private record Pending(HttpRequest request, CompletableFuture<HttpResponse> answer) {}

  private final BlockingQueue<Pending> handled = new LinkedBlockingQueue<>();
  private final AtomicBoolean draining = new AtomicBoolean();
  private ActorTestKit kit;
  private ManualTime time;
  private TestPublisher.Probe<HttpRequest> client;
  private TestSubscriber.Probe<HttpResponse> answers;

  @BeforeEach
  void connect() {
    kit =
        ActorTestKit.create(
            ManualTime.config()
                .withFallback(
                    com.typesafe.config.ConfigFactory.parseString("akka.actor.provider = local"))
                .withFallback(com.typesafe.config.ConfigFactory.load()));
    time = ManualTime.get(kit.system());
    var probes =
        TestSource.<HttpRequest>create(kit.system())
            .via(ClientConnections.flow(this::handle, IDLE, draining::get))
            .toMat(TestSink.create(kit.system()), Keep.both())
            .run(kit.system());
    client = probes.first();
    answers = probes.second();
    answers.request(100);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void requests_areHandledInTurn() throws Exception {
    client.sendNext(HttpRequest.GET("/1"));
    client.sendNext(HttpRequest.GET("/2"));
    var first = next();
    assertEquals("/1", first.request().getUri().path());
    assertTrue(handled.isEmpty());
    first.answer().complete(response(201));
    assertEquals(201, answers.requestNext().status().intValue());
    var second = next();
    assertEquals("/2", second.request().getUri().path());
    second.answer().complete(response(202));
    assertEquals(202, answers.requestNext().status().intValue());
  }

  @Test
  void clientThatLeaves_isReported() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    var pending = next();
    var gone = new CountDownLatch(1);
    ClientWatch.whenGone(pending.request(), gone::countDown);
    client.sendComplete();
    assertTrue(gone.await(20, TimeUnit.SECONDS));
    pending.answer().complete(response(400));
    assertEquals(400, answers.requestNext().status().intValue());
    answers.expectComplete();
  }

  @Test
  void connectionThatBreaks_isReported() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    var gone = new CountDownLatch(1);
    ClientWatch.whenGone(next().request(), gone::countDown);
    client.sendError(new IllegalStateException("reset"));
    assertTrue(gone.await(20, TimeUnit.SECONDS));
  }

  @Test
  void endOfInputAfterALastBody_isNoLeaving() throws Exception {
    var upload =
        HttpRequest.POST("/")
            .withEntity(
                HttpEntities.create(
                    akka.http.javadsl.model.ContentTypes.APPLICATION_OCTET_STREAM,
                    5,
                    Source.single(ByteString.fromString("hello"))))
            .addHeader(akka.http.javadsl.model.headers.Connection.create("close"));
    client.sendNext(upload);
    var pending = next();
    var gone = new AtomicBoolean();
    ClientWatch.whenGone(pending.request(), () -> gone.set(true));
    client.sendComplete();
    pending.answer().complete(response(200));
    assertEquals(200, answers.requestNext().status().intValue());
    assertFalse(gone.get() && !pending.answer().isDone());
    answers.expectComplete();
  }

  @Test
  void idleConnection_isClosed() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    next().answer().complete(response(200));
    answers.requestNext();
    time.timePasses(IDLE.multipliedBy(2));
    answers.expectComplete();
  }

  @Test
  void busyConnection_isNotIdle() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    var pending = next();
    time.timePasses(IDLE.multipliedBy(3));
    pending.answer().complete(response(200));
    assertEquals(200, answers.requestNext().status().intValue());
  }

  @Test
  void connectionWithALongBody_isNotIdle() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    var body = new CompletableFuture<ByteString>();
    next()
        .answer()
        .complete(
            HttpResponse.create()
                .withEntity(
                    HttpEntities.create(
                        akka.http.javadsl.model.ContentTypes.APPLICATION_OCTET_STREAM,
                        4,
                        Source.completionStage(body))));
    var read =
        answers
            .requestNext()
            .entity()
            .getDataBytes()
            .runWith(akka.stream.javadsl.Sink.head(), kit.system())
            .toCompletableFuture();
    time.timePasses(IDLE.multipliedBy(3));
    client.sendNext(HttpRequest.GET("/again"));
    next().answer().complete(response(200));
    answers.requestNext();
    body.complete(ByteString.fromString("body"));
    assertEquals("body", read.get(20, TimeUnit.SECONDS).utf8String());
  }

  @Test
  void drainingServer_asksToClose() throws Exception {
    client.sendNext(HttpRequest.GET("/"));
    draining.set(true);
    next().answer().complete(response(200));
    assertEquals("close", answers.requestNext().getHeader("connection").orElseThrow().value());
  }

  private CompletableFuture<HttpResponse> handle(HttpRequest request) {
    var pending = new Pending(request, new CompletableFuture<>());
    handled.add(pending);
    return pending.answer();
  }

  private Pending next() throws InterruptedException {
    var pending = handled.poll(20, TimeUnit.SECONDS);
    assertTrue(pending != null, "no request arrived");
    return pending;
  }

  private static HttpResponse response(int status) {
    return HttpResponse.create().withStatus(status);
  }
}
