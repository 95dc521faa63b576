package io.maitred.common;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.Function;

/** A secret that is made at first start and kept in a file that only its owner may read. */
public final class SecretFile {

  private SecretFile() {}

  /**
   * What the file holds. When it is missing, it is made, with its folders. Several processes may do
   * so at once: all of them get what the first one made.
   *
   * @param fresh makes a new secret
   */
  public static byte[] readOrCreate(Path file, Function<SecureRandom, byte[]> fresh)
      throws IOException {
    var path = file.toAbsolutePath();
    if (!Files.exists(path)) {
      var directory = path.resolveSibling(".").normalize();
      OwnerOnly.createDirectories(directory);
      create(directory, path, fresh);
    }
    return Files.readAllBytes(path);
  }

  /**
   * A hard link either makes the complete file visible or fails because another process was first:
   * nobody ever reads half a secret, and the first one stays.
   */
  private static void create(Path directory, Path file, Function<SecureRandom, byte[]> fresh)
      throws IOException {
    var random = new SecureRandom();
    var temporary = directory.resolve(".new-" + Long.toHexString(random.nextLong()));
    try {
      Files.write(OwnerOnly.createFile(temporary), fresh.apply(random));
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      if (!Files.exists(file)) {
        throw e;
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
