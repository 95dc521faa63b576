package io.maitred.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir Path folder;

  private static String read(Path file, String fresh) throws IOException {
    var bytes = SecretFile.readOrCreate(file, random -> fresh.getBytes(StandardCharsets.US_ASCII));
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void readOrCreate_firstOneStays() throws IOException {
    var file = folder.resolve("deep/secrets/token");
    assertEquals("first", read(file, "first"));
    assertEquals("first", read(file, "second"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("deep/secrets"))));
  }

  @Test
  void readOrCreate_noDirectory_fails() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "");
    assertThrows(IOException.class, () -> read(file.resolve("token"), "x"));
  }
}
