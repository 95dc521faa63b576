package io.maitred.router;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose every connection plays a script of bytes. Runs on threads of its own. */
final class ScriptedBackend implements AutoCloseable {
  /** What one connection does; it is closed when the script returns. */
  interface Script {
    void play(Line line) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private ScriptedBackend(ServerSocket listener) {
    this.listener = listener;
  }

  /** The first connections play the first scripts; further ones repeat the last. */
  static ScriptedBackend playing(Script... scripts) throws IOException {
    return playing(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), scripts);
  }

  /** The same on a listener of another kind, for instance with TLS. */
  static ScriptedBackend playing(ServerSocket listener, Script... scripts) {
    var backend = new ScriptedBackend(listener);
    backend.thread("accept", () -> backend.accept(scripts));
    return backend;
  }

  /** Answers every request of every connection alike. */
  static ScriptedBackend answering(String response) throws IOException {
    return playing(
        line -> {
          while (!line.readHead().isEmpty()) {
            line.send(response);
          }
        });
  }

  int port() {
    return listener.getLocalPort();
  }

  int accepted() {
    return accepted.get();
  }

  /** Failures of scripts other than those of the network. */
  List<Throwable> failures() {
    return failures;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }

  private void accept(Script[] scripts) {
    try {
      while (true) {
        var socket = listener.accept();
        sockets.add(socket);
        var script = scripts[Math.min(accepted.getAndIncrement(), scripts.length - 1)];
        thread("play", () -> play(script, socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void play(Script script, Socket socket) {
    try (socket) {
      script.play(new Line(socket));
    } catch (SocketException e) {
      // the other side closed
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private void thread(String name, Runnable body) {
    var thread = new Thread(body, "scripted-backend-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One end of a connection, for reading and writing HTTP by hand. */
  static final class Line implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Line(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    static Line to(int port) throws IOException {
      var socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
      return new Line(socket);
    }

    Socket socket() {
      return socket;
    }

    Line send(String bytes) throws IOException {
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return this;
    }

    /** The next head with its empty line, or nothing at the end. */
    String readHead() throws IOException {
      var head = new ByteArrayOutputStream();
      int state = 0;
      while (state < 4) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        head.write(next);
        state = next == "\r\n\r\n".charAt(state) ? state + 1 : (next == '\r' ? 1 : 0);
      }
      return head.toString(StandardCharsets.ISO_8859_1);
    }

    String read(int count) throws IOException {
      return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Everything until the other side closes; a reset counts as the end. */
    String readAll() {
      var all = new ByteArrayOutputStream();
      try {
        for (int next = in.read(); next >= 0; next = in.read()) {
          all.write(next);
        }
      } catch (IOException e) {
        // reset
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** A chunked body, decoded; trailers are returned after it, one per line. */
    String readChunked() throws IOException {
      var body = new StringBuilder();
      while (true) {
        int size = Integer.parseInt(readLine().trim(), 16);
        if (size == 0) {
          for (var line = readLine(); !line.isEmpty(); line = readLine()) {
            body.append('\n').append(line);
          }
          return body.toString();
        }
        body.append(read(size));
        readLine();
      }
    }

    /** Whether the other side has closed or reset; waits for it. */
    boolean sawClose() throws IOException {
      try {
        return in.read() < 0;
      } catch (SocketException e) {
        return true;
      }
    }

    /** Closes with a reset instead of an end. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    InputStream in() {
      return in;
    }

    OutputStream out() {
      return out;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    private String readLine() throws IOException {
      var line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new IOException("ended inside a line: " + line);
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }
  }
}
