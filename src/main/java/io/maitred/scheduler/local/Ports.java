package io.maitred.scheduler.local;

import io.maitred.scheduler.local.model.PortTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;

/** The machine's table of reserved ports. Every method must run under the {@link MachineLock}. */
final class Ports {
  private final Path file;
  private final LocalSettings settings;
  private final Clock clock;

  Ports(Path file, LocalSettings settings, Clock clock) {
    this.file = file;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Reserves the lowest free ports.
   *
   * @param alive whether a holder still exists: reservations of nodes that never came back are
   *     dropped when there is no other port left
   * @throws NoFreePortException if the range is used up
   */
  List<Integer> reserve(int wanted, String holder, Predicate<String> alive) throws IOException {
    var table = load().at(clock.instant());
    var found = free(table, wanted);
    if (found.size() < wanted) {
      var oldest = clock.instant().minus(settings.portGracePeriod());
      table =
          table.without(
              r ->
                  r.freeFrom() == null
                      && r.reservedAt().isBefore(oldest)
                      && !alive.test(r.holder()));
      found = free(table, wanted);
    }
    if (found.size() < wanted) {
      throw new NoFreePortException(settings.firstPort(), settings.lastPort());
    }
    JsonFiles.write(file, table.reserve(found, holder, clock.instant()));
    return found;
  }

  /** Gives back what these holders have; the ports stay unused for the grace period. */
  void release(Predicate<String> holder) throws IOException {
    var table = load();
    var freeFrom = clock.instant().plus(settings.portGracePeriod());
    var next = table.release(holder, freeFrom);
    if (!next.equals(table)) {
      JsonFiles.write(file, next);
    }
  }

  private PortTable load() throws IOException {
    // Without the table the test whether a port can be bound still protects those in use.
    return Files.exists(file)
        ? JsonFiles.readIfSound(file, PortTable.class).orElse(PortTable.EMPTY)
        : PortTable.EMPTY;
  }

  private List<Integer> free(PortTable table, int wanted) {
    return table.lowestFree(settings.firstPort(), settings.lastPort(), wanted, Ports::bindable);
  }

  /**
   * Asks for all addresses, because services often listen on all of them, whatever their own host
   * is. The socket is bound but never listens.
   */
  private static boolean bindable(int port) {
    try (var socket = new Socket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The range is used up. */
  static final class NoFreePortException extends IOException {
    private static final long serialVersionUID = 1L;

    NoFreePortException(int first, int last) {
      super("No free port from " + first + " to " + last);
    }
  }
}
