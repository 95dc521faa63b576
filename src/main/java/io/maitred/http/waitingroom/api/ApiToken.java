package io.maitred.http.waitingroom.api;

import io.maitred.waitingroom.model.config.KnownZones;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/** A token that is accepted; only a digest of it stays in memory. */
final class ApiToken {
  private final byte[] digest;
  private final Access access;

  private ApiToken(byte[] digest, Access access) {
    this.digest = digest;
    this.access = access;
  }

  static ApiToken unrestricted(String token) {
    return new ApiToken(digest(token), new Access(id(token), false, Set.of(), Set.of()));
  }

  /** Both sets empty: no restriction. */
  static ApiToken of(String token, Set<String> zones, Set<String> accounts) {
    boolean restricted = !zones.isEmpty() || !accounts.isEmpty();
    return new ApiToken(digest(token), new Access(id(token), restricted, zones, accounts));
  }

  Access access() {
    return access;
  }

  /** Takes the same time wherever the first difference is. */
  boolean hasDigest(byte[] other) {
    return MessageDigest.isEqual(digest, other);
  }

  static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
    }
  }

  private static String id(String token) {
    return KnownZones.idOf("api-token", token);
  }
}
