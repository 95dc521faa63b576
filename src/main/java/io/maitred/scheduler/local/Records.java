package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.local.model.LocalInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What outlives the node: services, instances, and which processes they are. One directory per
 * service with {@code service.json}, and per instance {@code <id>.json}, written before the process
 * is started, and what the wrapper writes: {@code <id>.pid} before it runs the command, {@code
 * <id>.exit} after.
 *
 * <p>So no process is lost, whenever the node is killed: a record without a pid file belongs to a
 * wrapper that has not begun. Whoever takes over removes the record and then looks for the pid file
 * once more; the wrapper writes its pid file and then looks for the record. At least one of them
 * sees the other, and a wrapper without a record ends.
 */
final class Records {
  /** What can be a file name without any doubt; longer names would not fit with their suffixes. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_-]{1,180}");

  private final Path root;

  Records(Path root) {
    this.root = root;
  }

  /**
   * @param requested instances that were asked for
   * @param deleted being deleted: whatever is left of it must go
   */
  record StoredService(ServiceSpec spec, int requested, boolean deleted) {}

  /** A service with all its instances, oldest first. */
  record Loaded(StoredService service, List<LocalInstance> instances) {}

  static boolean safe(ServiceId id) {
    return SAFE.matcher(id.value()).matches();
  }

  /** Whether the id is {@code <service id>.<unique>} and nothing else. */
  static boolean safe(ServiceId service, InstanceId id) {
    var prefix = service.value() + ".";
    return safe(service)
        && id.value().startsWith(prefix)
        && SAFE.matcher(id.value().substring(prefix.length())).matches();
  }

  void write(StoredService service) throws IOException {
    var directory = directory(service.spec().id());
    JsonFiles.createDirectories(directory);
    JsonFiles.write(directory.resolve("service.json"), service);
  }

  void write(LocalInstance instance) throws IOException {
    JsonFiles.write(file(instance, ".json"), instance);
  }

  /** Whether there is a service of this name. */
  boolean exists(String service) {
    return Files.exists(root.resolve(service));
  }

  /** Whether there is a record of an instance of this name. */
  boolean exists(ServiceId service, String instance) {
    return Files.exists(directory(service).resolve(instance + ".json"));
  }

  void delete(LocalInstance instance) throws IOException {
    for (var suffix : List.of(".json", ".pid", ".exit")) {
      Files.deleteIfExists(file(instance, suffix));
    }
  }

  void delete(ServiceId id) throws IOException {
    if (Files.exists(directory(id))) {
      Sandboxes.deleteTree(directory(id));
    }
  }

  /** The first argument of the wrapper. */
  Path wrapperPrefix(LocalInstance instance) {
    return file(instance, "");
  }

  /** The process that the wrapper said it is; empty if it has not (completely) said so. */
  Optional<ProcessIdentity> process(LocalInstance instance, String bootId) throws IOException {
    var words = read(file(instance, ".pid")).split(" ", -1);
    if (words.length != 3 || !words[2].endsWith("\n")) {
      return Optional.empty();
    }
    // Process ids and start times mean nothing in another start of the machine.
    boolean current = words[2].strip().equals(bootId);
    long start = current ? Long.parseLong(words[1]) : ProcessIdentity.BEFORE_BOOT;
    return Optional.of(new ProcessIdentity(Long.parseLong(words[0]), start));
  }

  /** Makes a wrapper that has not yet said who it is end without running the command. */
  void abandon(LocalInstance instance) throws IOException {
    Files.deleteIfExists(file(instance, ".json"));
  }

  /** What the wrapper wrote at the end; null if it was killed before. */
  @Nullable Integer exitCode(LocalInstance instance) throws IOException {
    var text = read(file(instance, ".exit")).strip();
    return text.isEmpty() ? null : Integer.valueOf(text);
  }

  List<Loaded> load() throws IOException {
    var all = new ArrayList<Loaded>();
    JsonFiles.createDirectories(root);
    try (var directories = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (var directory : directories) {
        load(directory).ifPresent(all::add);
      }
    }
    return all;
  }

  private Optional<Loaded> load(Path directory) throws IOException {
    var file = directory.resolve("service.json");
    if (!Files.exists(file)) {
      // The node was killed between two steps of adding or removing the service, when it has no
      // process.
      Sandboxes.deleteTree(directory);
      return Optional.empty();
    }
    var instances = new ArrayList<LocalInstance>();
    try (var files = Files.newDirectoryStream(directory, "*.*.json")) {
      for (var each : files) {
        JsonFiles.readIfSound(each, LocalInstance.class).ifPresent(instances::add);
      }
    }
    instances.sort(Comparator.comparing(LocalInstance::startedAt).thenComparing(LocalInstance::id));
    return JsonFiles.readIfSound(file, StoredService.class)
        .map(service -> new Loaded(service, instances));
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private Path directory(ServiceId id) {
    return root.resolve(id.value());
  }

  private Path file(LocalInstance instance, String suffix) {
    return directory(instance.serviceId()).resolve(instance.id().value() + suffix);
  }
}
