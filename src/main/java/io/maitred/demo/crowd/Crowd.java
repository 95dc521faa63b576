package io.maitred.demo.crowd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends a crowd to a site and prints a table while it is there; see {@link CrowdOptions}. */
public final class Crowd {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CrowdOptions options;
  private final PrintStream out;
  private final CrowdTally tally = new CrowdTally();
  private long admittedBefore;

  Crowd(CrowdOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    // read when the client is loaded; without it a Host header cannot be chosen
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    if (List.of(arguments).contains("--help")) {
      System.out.print(CrowdOptions.USAGE);
      return;
    }
    CrowdOptions options;
    try {
      options = CrowdOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(CrowdOptions.USAGE);
      System.exit(2);
      return;
    }
    new Crowd(options, System.out).run();
    System.exit(0);
  }

  /** Runs until the duration is over; what is in flight then is not waited for. */
  CrowdTally run() throws IOException, InterruptedException {
    var token = options.tokenFile() == null ? "" : Files.readString(options.tokenFile()).strip();
    var timer = Executors.newScheduledThreadPool(1, task -> daemon(task, "crowd-timer"));
    var threads = Executors.newFixedThreadPool(2, task -> daemon(task, "crowd-client"));
    try {
      var client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .executor(threads)
              .connectTimeout(Duration.ofSeconds(10))
              .build();
      schedule(client, timer);
      header();
      long end = System.nanoTime() + options.duration().toNanos();
      while (System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.sleep(Math.min(options.table().toNanos(), end - System.nanoTime()));
        line(options.status() == null ? MissingNode.getInstance() : status(client, token));
      }
      footer();
      return tally;
    } finally {
      timer.shutdownNow();
      threads.shutdownNow();
    }
  }

  private void schedule(HttpClient client, ScheduledExecutorService timer) {
    double gap = (double) options.arrival().toNanos() / options.visitors();
    for (int i = 0; i < options.visitors(); i++) {
      var visitor = new Visitor(options, client, timer, tally);
      var unused = timer.schedule(visitor::arrive, (long) (gap * i), TimeUnit.NANOSECONDS);
    }
  }

  private JsonNode status(HttpClient client, String token)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(options.status())
            .header("Authorization", "Bearer " + token)
            .timeout(Duration.ofSeconds(10))
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return JSON.readTree(response.body()).path("result");
  }

  private void header() {
    out.println(
        "   came  in line  on site  admitted/min |  room: active  waiting  wait (min) "
            + "| waited (s)  page p99 (ms)  failed");
  }

  private void line(JsonNode status) {
    long admitted = tally.admitted.get();
    double perMinute = (admitted - admittedBefore) * 60e9 / options.table().toNanos();
    admittedBefore = admitted;
    out.println(
        format(
            "%7d %8d %8d %13.0f | %13s %8s %11s | %10.0f %14.1f %7d",
            tally.arrived.get(),
            tally.waiting.get(),
            tally.inside.get(),
            perMinute,
            status.path("estimated_total_active_users").asText("-"),
            status.path("estimated_queued_users").asText("-"),
            status.path("max_estimated_time_minutes").asText("-"),
            tally.medianWaitSeconds(),
            tally.pageMillis(0.99),
            tally.failures.get()));
  }

  private void footer() {
    out.println(
        format(
            "%d came, %d were let in, %d still wait; median wait %.0f s; first estimate / real wait"
                + " (median) %.2f; %d queue pages, p50 %.1f ms, p99 %.1f ms; %d failures",
            tally.arrived.get(),
            tally.admitted.get(),
            tally.waiting.get(),
            tally.medianWaitSeconds(),
            tally.medianEstimateOverReal(),
            tally.queuePages.get(),
            tally.pageMillis(0.5),
            tally.pageMillis(0.99),
            tally.failures.get()));
  }

  private static String format(String pattern, @Nullable Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  private static Thread daemon(Runnable task, String name) {
    var thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
