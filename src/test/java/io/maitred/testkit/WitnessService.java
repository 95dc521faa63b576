package io.maitred.testkit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A backend that writes down when each of its requests began and ended, in a file that outlives it;
 * {@link WitnessRecord} reads it. {@code /work?ms=N} takes N milliseconds, {@code /status} is not
 * recorded. Bodies are read and ignored. Start: {@code WitnessService PORT FOLDER}.
 */
public final class WitnessService {
  private final OutputStream record;
  private final long pid = ProcessHandle.current().pid();

  private WitnessService(Path folder) throws IOException {
    this.record =
        Files.newOutputStream(
            folder.resolve(pid + ".record"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Serves until the process is killed. */
  public static void main(String[] arguments) throws IOException {
    var service = new WitnessService(Path.of(arguments[1]));
    var threads = Executors.newCachedThreadPool();
    try (var server = new ServerSocket(Integer.parseInt(arguments[0]), 200)) {
      while (true) {
        var socket = server.accept();
        threads.execute(() -> service.serve(socket));
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream());
      var out = socket.getOutputStream();
      while (answer(in, out)) {
        out.flush();
      }
    } catch (IOException e) {
      // the client went away: its request is in the record, there is nobody to tell
    }
  }

  /** False when the client has closed the connection. */
  private boolean answer(InputStream in, OutputStream out) throws IOException {
    var first = line(in);
    if (first.isEmpty()) {
      return false;
    }
    var headers = headers(in);
    var target = first.split(" ")[1];
    boolean work = target.startsWith("/work");
    if (work) {
      write("S");
    }
    skipBody(in, headers);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds(target)));
    if (work) {
      write("E");
    }
    var body = ("worked " + target).getBytes(StandardCharsets.UTF_8);
    var head =
        "HTTP/1.1 200 OK\r\nserver: witness\r\nx-witness-pid: "
            + pid
            + "\r\ncontent-type: text/plain\r\ncontent-length: "
            + body.length
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    return true;
  }

  private synchronized void write(String what) throws IOException {
    record.write(
        (what + " " + System.currentTimeMillis() + "\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static long milliseconds(String target) {
    int at = target.indexOf("ms=");
    return at < 0 ? 0 : Long.parseLong(target.substring(at + 3).split("&")[0]);
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    var headers = new HashMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return headers;
  }

  private static void skipBody(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      for (long size = chunk(in); size > 0; size = chunk(in)) {
        in.skipNBytes(size + 2);
      }
      line(in);
    } else {
      in.skipNBytes(Long.parseLong(headers.getOrDefault("content-length", "0")));
    }
  }

  private static long chunk(InputStream in) throws IOException {
    return Long.parseLong(line(in).trim(), 16);
  }

  private static String line(InputStream in) throws IOException {
    var text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (text.isEmpty()) {
          return "";
        }
        throw new EOFException();
      }
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }
}
