package io.maitred.scheduler.local;

import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.local.model.LocalInstance;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Starts the process of an instance. Blocks for some milliseconds. */
final class Launcher {
  private static final String WRAPPER = "run-instance.sh";

  private final Home home;
  private final LocalSettings settings;
  private final Records records;
  private final Ports ports;
  private final Sandboxes sandboxes;

  Launcher(Home home, LocalSettings settings, Records records, Ports ports, Sandboxes sandboxes) {
    this.home = home;
    this.settings = settings;
    this.records = records;
    this.ports = ports;
    this.sandboxes = sandboxes;
  }

  /** A running instance and the process that leads it. */
  record Launched(LocalInstance instance, ProcessIdentity process) {}

  /** Writes the wrapper script, once per adapter. */
  void prepare() throws IOException {
    try (var script = Launcher.class.getResourceAsStream(WRAPPER)) {
      if (script == null) {
        throw new FileNotFoundException(WRAPPER + " is not in the class path");
      }
      replace(wrapper(), new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * Reserves ports, writes the record, starts the process, in this order. If it fails nothing is
   * left behind.
   */
  Launched launch(ServiceSpec spec, LocalInstance planned) throws IOException {
    // Under the lock, so that a node which takes over finds the record, or we find the node.
    var instance =
        home.lock()
            .hold(
                () -> {
                  home.requireOwned();
                  int wanted = spec.effective().integer("ports");
                  var holder = home.holder(planned);
                  var reserved =
                      planned.withPorts(ports.reserve(wanted, holder, home::holderExists));
                  records.write(reserved);
                  return reserved;
                });
    try {
      return new Launched(instance, start(spec, instance));
    } catch (IOException | RuntimeException e) {
      discard(instance);
      sandboxes.delete(spec.id(), instance.id()); // there may be another attempt every few seconds
      throw e;
    }
  }

  /** Forgets an instance that has no process, and gives its ports back. */
  private void discard(LocalInstance instance) throws IOException {
    records.delete(instance);
    release(instance);
  }

  void release(LocalInstance instance) throws IOException {
    var holder = home.holder(instance);
    home.lock()
        .hold(
            () -> {
              ports.release(holder::equals);
              return holder;
            });
  }

  private ProcessIdentity start(ServiceSpec spec, LocalInstance instance) throws IOException {
    var sandbox = sandboxes.instance(spec.id(), instance.id());
    Files.createDirectories(sandbox);
    var script = sandboxes.service(spec.id()).resolve("run-service.sh");
    replace(script, "#!/bin/bash\n\n" + spec.effective().string("cmd") + "\n");

    var builder =
        new ProcessBuilder(
                "setsid",
                "bash",
                wrapper().toString(),
                records.wrapperPrefix(instance).toString(),
                script.toString())
            .directory(sandbox.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(sandbox.resolve("stdout").toFile())
            .redirectError(sandbox.resolve("stderr").toFile());
    var environment =
        InstanceEnvironment.of(
            System.getenv(),
            settings.hiddenEnvironment(),
            spec,
            instance,
            home.cluster(),
            sandboxes);
    builder.environment().clear();
    builder.environment().putAll(environment);
    var process = builder.start();
    // setsid replaces itself by bash, which keeps the process id: only the leader of a process
    // group would have to fork, and a child of the JVM is none.
    long startTicks =
        ProcessEntry.read(process.pid()).map(ProcessEntry::startTicks).orElse(ProcessIdentity.GONE);
    return new ProcessIdentity(process.pid(), startTicks);
  }

  private Path wrapper() {
    return home.directory().resolve(WRAPPER);
  }

  /** A running bash reads on in its script, so an old one must stay as it is. */
  private static void replace(Path file, String text) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    var next = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new");
    try {
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
