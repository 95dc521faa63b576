package io.maitred.scheduler.local;

import io.maitred.common.InstanceId;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.Scheduler.LogEntry;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The instances' working directories: {@code <work>/<service id>/<instance id>}. */
final class Sandboxes {
  private static final int MAX_LISTED = 1000;

  private final Path work;

  /**
   * @param work absolute
   */
  Sandboxes(Path work) {
    this.work = work;
  }

  Path work() {
    return work;
  }

  Path service(ServiceId id) {
    return work.resolve(id.value());
  }

  Path instance(ServiceId service, InstanceId id) {
    return service(service).resolve(id.value());
  }

  /**
   * The entries of a directory, sorted by name, at most 1000.
   *
   * @param path relative to the sandbox
   * @throws io.maitred.common.RefusedException if there is no such directory in the sandbox; a link
   *     that leads out of it counts as none
   */
  List<LogEntry> list(ServiceId service, InstanceId id, String path) throws IOException {
    if (!Records.safe(service, id)) {
      throw Refusal.of(404, "instance does not exist").asException();
    }
    Path root;
    try {
      root = instance(service, id).toRealPath();
    } catch (NoSuchFileException e) {
      throw Refusal.of(404, "instance does not exist").asException();
    }
    var directory = inside(root, path);
    try (var entries = Files.list(directory)) {
      return entries.sorted().limit(MAX_LISTED).map(entry -> entry(root, entry)).toList();
    }
  }

  private static Path inside(Path root, String path) throws IOException {
    Path directory;
    try {
      directory = root.resolve(path).toRealPath();
    } catch (NoSuchFileException | InvalidPathException e) {
      throw noDirectory(path);
    }
    if (!directory.startsWith(root) || !Files.isDirectory(directory)) {
      throw noDirectory(path);
    }
    return directory;
  }

  private static RuntimeException noDirectory(String path) {
    return Refusal.of(404, "no such directory: " + path).asException();
  }

  private static LogEntry entry(Path root, Path entry) {
    var name = entry.getFileName().toString();
    if (Files.isDirectory(entry)) {
      return new LogEntry(name, 0, "directory", root.relativize(entry).toString(), null);
    }
    return new LogEntry(name, size(entry), "file", null, entry.toUri().toString());
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // a dangling link, or removed in this moment
    }
  }

  void delete(ServiceId service, InstanceId id) throws IOException {
    var sandbox = instance(service, id);
    if (Files.exists(sandbox)) {
      deleteTree(sandbox);
    }
  }

  /** Deletes all but the newest sandboxes of a service; those in use stay and do not count. */
  void pruneInstances(ServiceId service, Predicate<String> inUse, int keep) throws IOException {
    prune(service(service), inUse, keep);
  }

  /** Deletes all but the newest directories of services that do not exist any more. */
  void pruneServices(Predicate<String> existing, int keep) throws IOException {
    prune(work, existing, keep);
  }

  private static void prune(Path parent, Predicate<String> inUse, int keep) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    List<Path> old;
    try (var entries = Files.list(parent)) {
      old =
          entries
              .filter(Files::isDirectory)
              .filter(path -> !inUse.test(path.getFileName().toString()))
              .sorted(Comparator.comparingLong(Sandboxes::changedAt).reversed())
              .skip(keep)
              .toList();
    }
    for (var each : old) {
      deleteTree(each);
    }
  }

  private static long changedAt(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException e) {
      return 0; // removed in this moment
    }
  }

  /**
   * Deletes a directory with all that is in it; links are removed, not followed. Two threads may do
   * it at once.
   */
  static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
