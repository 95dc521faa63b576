package io.maitred.scheduler.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small JSON files that are replaced as a whole, so that a reader sees the old or the new one, even
 * if the writer is killed. Readable by the owner only: they hold passwords.
 */
final class JsonFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final Logger LOG = LoggerFactory.getLogger(JsonFiles.class);

  private JsonFiles() {}

  static <T> T read(Path file, Class<T> type) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), type);
  }

  /**
   * Reads a file that may have been damaged, say by a loss of power: then it is set aside under
   * {@code .damaged} and empty is returned, because one bad file must not stop everything.
   */
  static <T> Optional<T> readIfSound(Path file, Class<T> type) throws IOException {
    try {
      return Optional.of(read(file, type));
    } catch (JsonProcessingException e) {
      LOG.error("{} is damaged and set aside", file, e);
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".damaged"),
          StandardCopyOption.REPLACE_EXISTING);
      return Optional.empty();
    }
  }

  static void write(Path file, Object value) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var next = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".new", owner);
    try {
      Files.write(next, JSON.writeValueAsBytes(value));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /** A directory that only the owner may look into. */
  static void createDirectories(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
