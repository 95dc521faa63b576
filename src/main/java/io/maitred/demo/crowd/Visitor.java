package io.maitred.demo.crowd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One visitor: comes, waits with its cookie as long as it is shown the queue page, views pages when
 * it was let in, and leaves. One request at a time.
 */
final class Visitor {
  private static final String COOKIE = "__cfwaitingroom";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long RETRY_SECONDS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CrowdOptions options;
  private final HttpClient client;
  private final ScheduledExecutorService timer;
  private final CrowdTally tally;
  private final HttpRequest request;
  private String cookie = "";
  private long firstRequest;
  private long letIn;
  private long firstEstimate;
  private boolean waiting;
  private boolean inside;

  Visitor(
      CrowdOptions options, HttpClient client, ScheduledExecutorService timer, CrowdTally tally) {
    this.options = options;
    this.client = client;
    this.timer = timer;
    this.tally = tally;
    var builder =
        HttpRequest.newBuilder(options.url()).timeout(TIMEOUT).header("Accept", "application/json");
    if (!options.host().equals(options.url().getAuthority())) {
      builder.header("Host", options.host());
    }
    this.request = builder.build();
  }

  void arrive() {
    firstRequest = System.nanoTime();
    tally.arrived.incrementAndGet();
    visit();
  }

  private void visit() {
    long sent = System.nanoTime();
    var unused =
        client
            .sendAsync(withCookie(), HttpResponse.BodyHandlers.ofByteArray())
            .whenComplete((response, failure) -> answered(response, failure, sent));
  }

  private HttpRequest withCookie() {
    return cookie.isEmpty()
        ? request
        : HttpRequest.newBuilder(request, (name, value) -> true).header("Cookie", cookie).build();
  }

  private void answered(
      @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure, long sent) {
    if (response == null || failure != null) {
      tally.failures.incrementAndGet();
      again(RETRY_SECONDS);
      return;
    }
    response.headers().allValues("set-cookie").forEach(this::keep);
    var refresh = response.headers().firstValue("refresh");
    if (refresh.isPresent()) {
      queued(response, Long.parseLong(refresh.get().strip()), System.nanoTime() - sent);
    } else if (response.statusCode() >= 500) {
      tally.failures.incrementAndGet();
      again(RETRY_SECONDS);
    } else {
      served();
    }
  }

  private void keep(String header) {
    if (header.startsWith(COOKIE)) {
      int end = header.indexOf(';');
      cookie = end < 0 ? header : header.substring(0, end);
    }
  }

  private void queued(HttpResponse<byte[]> response, long refreshSeconds, long nanos) {
    tally.queuePage(nanos);
    if (inside) {
      inside = false;
      tally.inside.decrementAndGet();
    }
    if (!waiting) {
      waiting = true;
      tally.waiting.incrementAndGet();
    }
    if (firstEstimate == 0) {
      firstEstimate = estimate(response);
    }
    again(refreshSeconds);
  }

  private static long estimate(HttpResponse<byte[]> response) {
    if (!response.headers().firstValue("content-type").orElse("").startsWith("application/json")) {
      return 0;
    }
    try {
      JsonNode facts = JSON.readTree(response.body()).path("cfWaitingRoom");
      return facts.path("waitTime").asLong();
    } catch (IOException e) {
      return 0; // counted as shown no estimate
    }
  }

  private void served() {
    long now = System.nanoTime();
    if (!inside) {
      inside = true;
      letIn = now;
      tally.inside.incrementAndGet();
      tally.admitted(waiting ? now - firstRequest : 0, firstEstimate);
      if (waiting) {
        waiting = false;
        tally.waiting.decrementAndGet();
      }
    }
    if (now - letIn < options.stay().toNanos()) {
      again(options.pages().toSeconds());
    } else {
      tally.inside.decrementAndGet();
      tally.left.incrementAndGet();
    }
  }

  private void again(long seconds) {
    if (!timer.isShutdown()) {
      var unused = timer.schedule(this::visit, seconds, TimeUnit.SECONDS);
    }
  }
}
