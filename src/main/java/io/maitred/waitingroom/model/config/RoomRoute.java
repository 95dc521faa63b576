package io.maitred.waitingroom.model.config;

/**
 * A host and path that a room covers.
 *
 * @param host lower case, without port
 * @param path starts with {@code /}; ends with it only when it is the root
 */
public record RoomRoute(String host, String path) {}
