package io.maitred.service.model;

import io.maitred.common.CborSerializable;

/**
 * A token that took part in a service's description, and the version (ETag) that it had.
 *
 * @param token the token's name
 * @param version the hash of contract waiter 4.7
 */
public record SourceToken(String token, String version) implements CborSerializable {}
