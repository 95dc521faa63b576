package io.maitred.waitingroom.model;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A key that protects tickets. Its text never shows the secret.
 *
 * @param id 0 to 255; stands in front of every ticket
 * @param secret 32 bytes; belongs to the key and is not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // equality is defined below
public record RingKey(int id, Instant createdOn, byte[] secret) {
  /** The largest id. */
  public static final int MAX_ID = 255;

  /** Length of the secret. */
  public static final int SECRET_BYTES = 32;

  /**
   * @throws IllegalArgumentException for an id out of range, or a secret of another length
   */
  public RingKey {
    if (id < 0 || id > MAX_ID) {
      throw new IllegalArgumentException("RingKey: id " + id + " (expected: 0 to 255)");
    }
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "RingKey: secret of " + secret.length + " bytes (expected: 32)");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RingKey key
        && id == key.id
        && createdOn.equals(key.createdOn)
        && Arrays.equals(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, createdOn);
  }

  @Override
  public String toString() {
    return "RingKey[" + id + ", " + createdOn + "]";
  }
}
