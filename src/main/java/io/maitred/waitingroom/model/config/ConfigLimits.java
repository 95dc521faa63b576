package io.maitred.waitingroom.model.config;

/**
 * Bounds of what may be configured.
 *
 * @param minUsers least value of total active users and of new users per minute
 * @param roomsPerZone most rooms of a zone
 * @param zoneSize most characters of all pages, rules and descriptions of a zone
 */
public record ConfigLimits(int minUsers, int roomsPerZone, long zoneSize) {
  /** Most events of a room, past ones included. */
  public static final int EVENTS = 5;

  /** Most bypass rules of a room. */
  public static final int RULES = 100;

  /** Most characters of an expression. */
  public static final int EXPRESSION_CHARACTERS = 4096;

  /** Most bytes of a page, in UTF-8. */
  public static final int PAGE_BYTES = 1_048_576;

  /** Most characters of a description. */
  public static final int DESCRIPTION_CHARACTERS = 1000;
}
