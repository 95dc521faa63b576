package io.maitred.service;

import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.common.SecretFile;
import io.maitred.common.ServiceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret that all nodes of a cluster share. Passwords of services are derived from it. */
public final class ClusterSecret {
  private static final int BYTES = 32;
  private static final int PASSWORD_CHARACTERS = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private ClusterSecret(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /**
   * The secret of {@code maitred.cluster-secret}, else that of the file {@code
   * secrets/cluster-secret} in {@code maitred.data-dir}, which is made when it is missing. Nodes of
   * one machine that start at once agree on one.
   *
   * @throws io.maitred.common.InvalidSettingException for a secret that is too short, or a
   *     directory that cannot be used
   */
  public static ClusterSecret from(Config config) {
    var reader = new ConfigReader(config, "maitred");
    var given = reader.string("cluster-secret");
    if (!given.isEmpty()) {
      if (given.length() < 16) {
        throw reader.invalid("cluster-secret", "*****", "at least 16 characters, or empty");
      }
      return new ClusterSecret(given.getBytes(StandardCharsets.UTF_8));
    }
    var directory = Path.of(reader.nonBlank("data-dir"));
    try {
      return inDirectory(directory);
    } catch (IOException | UncheckedIOException e) {
      throw reader.invalid(
          "data-dir", directory + " (" + e + ")", "a directory whose secrets can be read or made");
    }
  }

  /** The secret kept below this data directory; made when it is missing. */
  static ClusterSecret inDirectory(Path dataDirectory) throws IOException {
    var file = dataDirectory.toAbsolutePath().resolve("secrets").resolve("cluster-secret");
    var secret = SecretFile.readOrCreate(file, ClusterSecret::fresh);
    if (secret.length != BYTES) {
      throw new IOException(file + ": " + secret.length + " bytes (expected: " + BYTES + ")");
    }
    return new ClusterSecret(secret);
  }

  private static byte[] fresh(SecureRandom random) {
    var secret = new byte[BYTES];
    random.nextBytes(secret);
    return secret;
  }

  /** The password of a service: 32 hexadecimal digits, the same on every node and for ever. */
  public String servicePassword(ServiceId id) {
    var digest = hmac(("service:" + id.value()).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, PASSWORD_CHARACTERS / 2));
  }

  /** The lots of an event, of which nobody can know beforehand what they are. */
  public byte[] lot(byte[] message) {
    var purpose = "lot:".getBytes(StandardCharsets.UTF_8);
    var all = Arrays.copyOf(purpose, purpose.length + message.length);
    System.arraycopy(message, 0, all, purpose.length, message.length);
    return hmac(all);
  }

  private byte[] hmac(byte[] message) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is part of every Java runtime", e);
    }
  }
}
