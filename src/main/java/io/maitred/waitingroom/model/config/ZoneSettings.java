package io.maitred.waitingroom.model.config;

/**
 * What holds for all rooms of a zone (contract waiting room 24.5).
 *
 * @param searchEngineCrawlerBypass whether verified crawlers pass all rooms
 */
public record ZoneSettings(boolean searchEngineCrawlerBypass) {
  public static final ZoneSettings DEFAULT = new ZoneSettings(false);
}
