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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A backend that writes down when each of its requests began and ended, in a file that outlives it;
 * {@link WitnessRecord} reads it. Start: {@code WitnessService PORT FOLDER}.
 *
 * <ul>
 *   <li>{@code /work?ms=N} takes N milliseconds; only these requests are recorded
 *   <li>{@code /bytes?n=N} answers N bytes, {@code /written} how many of them were sent so far
 *   <li>{@code /broken} closes the connection in the middle of its answer
 *   <li>{@code /silent} closes the connection instead of answering
 *   <li>anything else answers at once; request bodies are read and counted
 * </ul>
 */
public final class WitnessService {
  private final OutputStream record;
  private final long pid = ProcessHandle.current().pid();
  private final AtomicLong written = new AtomicLong();

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
    var target = first.substring(first.indexOf(' ') + 1, first.lastIndexOf(' '));
    boolean work = target.startsWith("/work");
    if (work) {
      write("S");
    }
    long received = skipBody(in, headers);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(number(target, "ms=")));
    if (work) {
      write("E");
    }
    if (target.startsWith("/silent")) {
      return false;
    }
    if (target.startsWith("/broken")) {
      head(out, 1_000, received);
      out.write(new byte[10]);
      out.flush();
      return false;
    }
    if (target.startsWith("/bytes")) {
      bytes(out, number(target, "n="), received);
      return true;
    }
    var text = target.startsWith("/written") ? written.toString() : "worked " + target;
    var body = text.getBytes(StandardCharsets.UTF_8);
    head(out, body.length, received);
    out.write(body);
    return true;
  }

  private void head(OutputStream out, long length, long received) throws IOException {
    var head =
        "HTTP/1.1 200 OK\r\nserver: witness\r\nx-witness-pid: "
            + pid
            + "\r\nx-witness-received: "
            + received
            + "\r\ncontent-type: text/plain\r\ncontent-length: "
            + length
            + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void bytes(OutputStream out, long count, long received) throws IOException {
    head(out, count, received);
    var block = new byte[64 * 1024];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) i;
    }
    for (long left = count; left > 0; left -= block.length) {
      int size = (int) Math.min(left, block.length);
      out.write(block, 0, size);
      written.addAndGet(size);
    }
  }

  private synchronized void write(String what) throws IOException {
    record.write(
        (what + " " + System.currentTimeMillis() + "\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private static long number(String target, String name) {
    int at = target.indexOf(name);
    return at < 0 ? 0 : Long.parseLong(target.substring(at + name.length()));
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

  /** Returns the size of the body. */
  private static long skipBody(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      long all = 0;
      for (long size = chunk(in); size > 0; size = chunk(in)) {
        in.skipNBytes(size + 2);
        all += size;
      }
      line(in);
      return all;
    }
    long size = Long.parseLong(headers.getOrDefault("content-length", "0"));
    in.skipNBytes(size);
    return size;
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
