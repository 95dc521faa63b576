package io.maitred.scheduler.local;

import io.maitred.scheduler.local.model.LocalInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The directory {@code <data directory>/local/<cluster>/<data center>}, which all nodes of a data
 * center on this machine share but only one adapter may work on: the one that came last. An earlier
 * one may still be alive, for instance if its node stood still and was removed from the cluster; it
 * sees the other's name in the owner file and does nothing any more.
 */
final class Home {
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,100}");

  private final Path machine;
  private final Path directory;
  private final String cluster;
  private final MachineLock lock;
  private final String owner = UUID.randomUUID().toString();

  Home(Path dataDirectory, String cluster, String dataCenter) {
    this.machine = dataDirectory.toAbsolutePath().normalize().resolve("local");
    this.cluster = cluster;
    this.directory =
        machine.resolve(safe("cluster", cluster)).resolve(safe("data center", dataCenter));
    this.lock = new MachineLock(machine.resolve("ports.lock"));
  }

  private static String safe(String what, String name) {
    if (!SAFE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + ": " + name + " (expected: letters, digits, dots, underscores, hyphens)");
    }
    return name;
  }

  Path directory() {
    return directory;
  }

  Path services() {
    return directory.resolve("services");
  }

  Path ports() {
    return machine.resolve("ports.json");
  }

  String cluster() {
    return cluster;
  }

  MachineLock lock() {
    return lock;
  }

  /** Takes the directory over from any earlier adapter. */
  void takeOver() throws IOException {
    JsonFiles.createDirectories(services());
    lock.hold(() -> Files.writeString(ownerFile(), owner));
  }

  boolean owned() throws IOException {
    return Files.readString(ownerFile()).equals(owner);
  }

  void requireOwned() throws IOException {
    if (!owned()) {
      throw new IOException("another node has taken over " + directory);
    }
  }

  /** By which name the instance reserves ports: where its record is. */
  String holder(LocalInstance instance) {
    return holderPrefix() + instance.serviceId() + "/" + instance.id() + ".json";
  }

  /** What the names of all holders of this directory begin with. */
  String holderPrefix() {
    return machine.relativize(services()) + "/";
  }

  boolean holderExists(String holder) {
    return Files.exists(machine.resolve(holder));
  }

  private Path ownerFile() {
    return directory.resolve("owner");
  }
}
