package io.maitred;

import io.maitred.common.InvalidSettingException;
import io.maitred.node.Node;
import io.maitred.node.NodeConfig;
import io.maitred.store.DatabaseUnavailableException;

/** Starts a node in the foreground. A wrong setting or a taken port ends it with one line. */
public final class Main {
  private Main() {}

  /** Takes no arguments: settings come from a file, the environment and system properties. */
  public static void main(String[] args) {
    if (args.length > 0) {
      System.err.println("maitred: no arguments are taken: " + String.join(" ", args));
      System.exit(2);
    }
    try {
      Node.start(NodeConfig.load(System.getenv(), System.getProperty("maitred.conf")));
    } catch (InvalidSettingException | DatabaseUnavailableException e) {
      System.err.println("maitred: " + e.getMessage());
      System.exit(1);
    }
  }
}
