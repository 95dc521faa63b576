package io.maitred.node;

import io.maitred.common.InvalidSettingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Looks whether ports can be bound before anything starts: a node whose port is taken must not join
 * a cluster, and it says so in one line. The parts still answer for what happens in between.
 */
final class PortCheck {
  private PortCheck() {}

  /**
   * @param setting path of the port's setting
   * @param port 0 is always free
   * @param variable environment variable that sets the port
   * @throws InvalidSettingException when somebody else listens there
   */
  static void requireFree(String setting, String host, int port, String variable) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw new InvalidSettingException(
          setting,
          port,
          "a port that is free at " + host + "; set " + variable + "; " + e.getMessage());
    }
  }
}
