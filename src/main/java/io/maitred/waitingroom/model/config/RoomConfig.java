package io.maitred.waitingroom.model.config;

import java.util.List;

/**
 * What a client sets of a room (contract waiting room 23). Valid when made by the rules of the API;
 * texts are stored as they are compared: hosts in lower case, paths without a trailing slash.
 *
 * @param name {@code [A-Za-z0-9_-]+}, unique in the zone
 * @param host the host of the main route
 * @param path the path of the main route
 * @param additionalRoutes more hosts and paths
 * @param cookieSuffix appended to the cookie's name after an underscore; empty for none
 * @param totalActiveUsers target maximum of users that are active at once (T)
 * @param newUsersPerMinute target maximum of users let in during a minute (N)
 * @param sessionDuration minutes of inactivity after which an accepted session ends (S), 1 to 30
 * @param customPageHtml a mustache template; empty for the default page
 * @param defaultTemplateLanguage one of the languages of the default page, as {@code en-US}
 */
public record RoomConfig(
    String name,
    String description,
    String host,
    String path,
    List<RoomRoute> additionalRoutes,
    String cookieSuffix,
    CookieAttributes cookieAttributes,
    int totalActiveUsers,
    int newUsersPerMinute,
    int sessionDuration,
    boolean disableSessionRenewal,
    boolean suspended,
    boolean queueAll,
    boolean jsonResponseEnabled,
    QueueingMethod queueingMethod,
    int queueingStatusCode,
    String customPageHtml,
    String defaultTemplateLanguage,
    List<OriginCommand> enabledOriginCommands,
    TurnstileMode turnstileMode,
    TurnstileAction turnstileAction) {

  public RoomConfig {
    additionalRoutes = List.copyOf(additionalRoutes);
    enabledOriginCommands = List.copyOf(enabledOriginCommands);
  }
}
