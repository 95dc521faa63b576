package io.maitred.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
      for (var each : open) {
        each.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes connections from now on, but passes nothing on. */
  public void stall() {
    cut();
    stalled = true;
    listen();
  }

  /** Works again. */
  public void mend() {
    cut();
    stalled = false;
    listen();
  }

  private void listen() {
    try {
      var socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      listener = socket;
      thread(() -> accept(socket));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
