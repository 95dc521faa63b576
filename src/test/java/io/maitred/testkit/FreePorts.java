package io.maitred.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Ports that nobody listens on. They lie below the range from which the system takes the ports of
 * outgoing connections, so none of those can take them meanwhile; no port is given out twice.
 */
public final class FreePorts {
  private static final int FIRST = 12_000;
  private static final int END = 32_000;
  private static final Random RANDOM = new Random();
  private static final Set<Integer> GIVEN = new HashSet<>();

  private FreePorts() {}

  /** One free port. */
  public static int one() {
    return block(1).get(0);
  }

  /** Free ports in a row. */
  public static synchronized List<Integer> block(int count) {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int first = FIRST + RANDOM.nextInt(END - FIRST - count);
      var ports = new ArrayList<Integer>();
      for (int port = first; port < first + count && isFree(port); port++) {
        ports.add(port);
      }
      if (ports.size() == count) {
        GIVEN.addAll(ports);
        return List.copyOf(ports);
      }
    }
    throw new IllegalStateException("no " + count + " free ports in a row");
  }

  private static boolean isFree(int port) {
    if (GIVEN.contains(port)) {
      return false;
    }
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port));
      return true;
    } catch (java.net.BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
