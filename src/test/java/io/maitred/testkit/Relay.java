package io.maitred.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Passes connections on to a server of this machine, until they are cut or held up. */
public final class Relay implements AutoCloseable {
  private final int port = FreePorts.one();
  private final int target;
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ServerSocket listener;
  private volatile boolean stalled;

  /**
   * @param target port of the server
   */
  public Relay(int target) {
    this.target = target;
    mend();
  }

  public int port() {
    return port;
  }

  /** Ends all connections, and refuses new ones. */
  public void cut() {
    try {
      if (listener != null) {
        listener.close();
      }
      listener = null;
      endAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void endAll() throws IOException {
    for (var each : List.copyOf(open)) {
      each.close();
      open.remove(each);
    }
  }

  /** Ends all connections and takes new ones, but passes nothing on. */
  public void stall() {
    stalled = true;
    try {
      endAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Works again; does nothing if it works. */
  public void mend() {
    if (stalled) {
      cut();
    }
    stalled = false;
    if (listener == null) {
      listen();
    }
  }

  private void listen() {
    // who waits for connections holds the port for a moment after it was closed
    var socket = Await.value("the port", Duration.ofSeconds(10), this::bound, each -> true);
    listener = socket;
    thread(() -> accept(socket));
  }

  private ServerSocket bound() throws IOException {
    var socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        var client = socket.accept();
        open.add(client);
        if (!stalled) {
          var server = new Socket(InetAddress.getLoopbackAddress(), target);
          open.add(server);
          thread(() -> pump(client, server));
          thread(() -> pump(server, client));
        }
        if (socket.isClosed()) {
          client.close();
        }
      } catch (IOException e) {
        // cut, or the server is gone: the client sees it
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // one side is gone, and with it the other
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void thread(Runnable work) {
    var thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    cut();
  }
}
