package io.maitred.waitingroom.model.config;

/**
 * Whom zones belong to.
 *
 * @param id 32 lower-case hexadecimal digits
 */
public record Account(String id, String name) {
  /** Owner of everything that is not given to another one. */
  public static final Account DEFAULT = named("default");

  /** The account of a name, the same on every node. */
  public static Account named(String name) {
    return new Account(KnownZones.idOf("account", name), name);
  }
}
