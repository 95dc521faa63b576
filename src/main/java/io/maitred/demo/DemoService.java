package io.maitred.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Starts the demo backend; see {@link DemoOptions} for the command line. */
public final class DemoService {
  private static final int MAX_THREADS = 512;
  private static final int BACKLOG = 1024;

  private DemoService() {}

  public static void main(String[] arguments) throws Exception {
    if (List.of(arguments).contains("--help")) {
      System.out.print(DemoOptions.USAGE);
      return;
    }
    DemoOptions options;
    try {
      options = DemoOptions.parse(List.of(arguments), System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(DemoOptions.USAGE);
      System.exit(2);
      return;
    }
    Thread.sleep(options.startUpSleep().toMillis());
    try {
      start(options, System.getenv());
    } catch (IOException e) {
      System.err.println(
          "cannot listen on " + options.hostname() + ":" + options.port() + ": " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Listens and answers until {@link HttpServer#stop}.
   *
   * @param environment where the password is
   * @throws IOException if the port cannot be bound
   */
  static HttpServer start(DemoOptions options, Map<String, String> environment) throws IOException {
    // Read by the server's classes when they are loaded. Without the first an answer of head and
    // body in two writes waits for the client's delayed acknowledgement, 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "1024");
    var server =
        HttpServer.create(new InetSocketAddress(options.hostname(), options.port()), BACKLOG);
    var threads =
        new ThreadPoolExecutor(
            MAX_THREADS, MAX_THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    var log = log(options.logOutput(), environment);
    server.createContext(
        "/", new DemoHandler(environment, options.healthCheckAuthentication(), log));
    server.start();
    System.out.println("listening on " + server.getAddress());
    return server;
  }

  private static PrintStream log(String output, Map<String, String> environment)
      throws IOException {
    return switch (output) {
      case "stderr" -> System.err;
      case "file" -> {
        var file =
            Path.of(environment.getOrDefault("MESOS_SANDBOX", ".")).resolve("demo-service.log");
        yield new PrintStream(file.toString(), StandardCharsets.UTF_8);
      }
      case "stdout" -> System.out;
      default -> new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    };
  }
}
