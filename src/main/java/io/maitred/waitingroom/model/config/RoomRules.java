package io.maitred.waitingroom.model.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a room may be (contract waiting room 23). A whole body and a part of one are read the same
 * way: fields that are not there have the values of {@code present}, or the defaults.
 */
final class RoomRules {
  private static final RoomConfig DEFAULTS =
      new RoomConfig(
          "",
          "",
          "",
          "/",
          List.of(),
          "",
          CookieAttributes.DEFAULT,
          0,
          0,
          5,
          false,
          false,
          false,
          false,
          QueueingMethod.FIFO,
          200,
          "",
          Languages.DEFAULT,
          List.of(),
          TurnstileMode.OFF,
          TurnstileAction.LOG);

  static final Value<QueueingMethod> METHOD =
      Value.constant(QueueingMethod.values(), QueueingMethod::text, QueueingMethod::of);
  static final Value<TurnstileMode> TURNSTILE_MODE =
      Value.constant(TurnstileMode.values(), TurnstileMode::text, TurnstileMode::of);
  static final Value<TurnstileAction> TURNSTILE_ACTION =
      Value.constant(TurnstileAction.values(), TurnstileAction::text, TurnstileAction::of);
  static final Value<Integer> SESSION = Value.range(1, 30);

  private static final Value<SameSite> SAME_SITE =
      Value.constant(SameSite.values(), SameSite::text, SameSite::of);
  private static final Value<SecureCookie> SECURE =
      Value.constant(SecureCookie.values(), SecureCookie::text, SecureCookie::of);
  private static final Value<OriginCommand> COMMAND =
      Value.constant(OriginCommand.values(), OriginCommand::text, OriginCommand::of);
  private static final Value<Integer> STATUS = Value.oneOf(List.of(200, 202, 429));
  private static final Value<String> LANGUAGE = Value.word(Languages.ALL);

  private final ConfigLimits limits;
  private final ConfigChecks checks;

  RoomRules(ConfigLimits limits, ConfigChecks checks) {
    this.limits = limits;
    this.checks = checks;
  }

  /**
   * Reads a body.
   *
   * @param present what a partial body changes; null for a whole body
   * @param problems where problems are added; with any, the result means nothing
   */
  RoomConfig read(
      @Nullable Object body, @Nullable RoomConfig present, String zone, List<Problem> problems) {
    var fields = new Fields(body, "", problems);
    var from = present == null ? DEFAULTS : present;
    var name = fields.required("name", present == null ? null : from.name(), Value.NAME);
    var host = host(fields, present == null ? null : from.host(), zone);
    var path = fields.optional("path", from.path(), "/", Value.PATH);
    var routes = additionalRoutes(fields, from, zone);
    var suffix = fields.optional("cookie_suffix", from.cookieSuffix(), "", Value.COOKIE_SUFFIX);
    if (suffix.isEmpty() && !routes.isEmpty()) {
      fields.invalid("cookie_suffix", "is required when additional_routes is not empty");
    }
    var users = users(fields, present);
    return new RoomConfig(
        Objects.requireNonNullElse(name, ""),
        fields.optional("description", from.description(), "", Value.DESCRIPTION),
        host,
        path,
        routes,
        suffix,
        cookieAttributes(fields, from.cookieAttributes()),
        users.total(),
        users.perMinute(),
        fields.optional("session_duration", from.sessionDuration(), 5, SESSION),
        bool(fields, "disable_session_renewal", from.disableSessionRenewal()),
        bool(fields, "suspended", from.suspended()),
        bool(fields, "queue_all", from.queueAll()),
        bool(fields, "json_response_enabled", from.jsonResponseEnabled()),
        fields.optional("queueing_method", from.queueingMethod(), QueueingMethod.FIFO, METHOD),
        fields.optional("queueing_status_code", from.queueingStatusCode(), 200, STATUS),
        page(fields, fields.optional("custom_page_html", from.customPageHtml(), "", Value.STRING)),
        fields.optional(
            "default_template_language",
            from.defaultTemplateLanguage(),
            Languages.DEFAULT,
            LANGUAGE),
        originCommands(fields, from, problems),
        fields.optional("turnstile_mode", from.turnstileMode(), TurnstileMode.OFF, TURNSTILE_MODE),
        fields.optional(
            "turnstile_action", from.turnstileAction(), TurnstileAction.LOG, TURNSTILE_ACTION));
  }

  /** Checks that no other room of the zone has the name or one of the routes. */
  static void checkUnique(RoomConfig config, List<Room> others, List<Problem> problems) {
    var taken = new HashSet<RoomRoute>();
    for (var other : others) {
      if (other.config().name().equals(config.name())) {
        problems.add(
            Problem.duplicate(
                "name " + config.name() + " is used by another waiting room of the zone", "/name"));
      }
      taken.add(new RoomRoute(other.config().host(), other.config().path()));
      taken.addAll(other.config().additionalRoutes());
    }
    var main = new RoomRoute(config.host(), config.path());
    if (!taken.add(main)) {
      problems.add(duplicate(main, "/path"));
    }
    for (int index = 0; index < config.additionalRoutes().size(); index++) {
      var route = config.additionalRoutes().get(index);
      if (!taken.add(route)) {
        problems.add(duplicate(route, "/additional_routes/" + index));
      }
    }
  }

  private static Problem duplicate(RoomRoute route, String pointer) {
    return Problem.duplicate(
        "route "
            + route.host()
            + route.path()
            + " is covered by a waiting room of the zone already",
        pointer);
  }

  private static boolean bool(Fields fields, String name, boolean absent) {
    return fields.optional(name, absent, false, Value.BOOL);
  }

  private String host(Fields fields, @Nullable String absent, String zone) {
    var host = fields.required("host", absent, Value.HOST);
    if (host == null) {
      return "";
    }
    if (!checks.hostOfZone().test(zone, host)) {
      fields.invalid("host", "must belong to the zone");
    }
    return host;
  }

  private List<RoomRoute> additionalRoutes(Fields fields, RoomConfig from, String zone) {
    List<?> elements = fields.optional("additional_routes", List.of(), List.of(), Value.ARRAY);
    if (!fields.has("additional_routes")) {
      return from.additionalRoutes();
    }
    var routes = new ArrayList<RoomRoute>(elements.size());
    for (int index = 0; index < elements.size(); index++) {
      var route = fields.element("additional_routes", index, elements.get(index));
      var host = host(route, null, zone);
      routes.add(new RoomRoute(host, route.optional("path", "/", "/", Value.PATH)));
    }
    return routes;
  }

  private static CookieAttributes cookieAttributes(Fields fields, CookieAttributes from) {
    if (!fields.hasValue("cookie_attributes")) {
      return fields.has("cookie_attributes") ? CookieAttributes.DEFAULT : from;
    }
    var inside = fields.inside("cookie_attributes");
    var sameSite = inside.optional("samesite", from.samesite(), SameSite.AUTO, SAME_SITE);
    var secure = inside.optional("secure", from.secure(), SecureCookie.AUTO, SECURE);
    if (sameSite == SameSite.NONE && secure == SecureCookie.NEVER) {
      inside.invalid("samesite", "must not be none when secure is never");
    }
    return new CookieAttributes(sameSite, secure);
  }

  /** The limits of a room. */
  private record Users(int total, int perMinute) {}

  private Users users(Fields fields, @Nullable RoomConfig present) {
    var total =
        fields.required(
            "total_active_users",
            present == null ? null : present.totalActiveUsers(),
            totalUsers(limits));
    var perMinute =
        fields.required(
            "new_users_per_minute",
            present == null ? null : present.newUsersPerMinute(),
            newUsers(limits));
    if (total != null && perMinute != null) {
      checkNewUsers(fields, total, perMinute, limits);
    }
    return new Users(
        Objects.requireNonNullElse(total, 0), Objects.requireNonNullElse(perMinute, 0));
  }

  static Value<Integer> totalUsers(ConfigLimits limits) {
    return Value.range(limits.minUsers(), Integer.MAX_VALUE);
  }

  static Value<Integer> newUsers(ConfigLimits limits) {
    return Value.range(limits.minUsers(), Integer.MAX_VALUE, "total_active_users");
  }

  static void checkNewUsers(Fields fields, int total, int perMinute, ConfigLimits limits) {
    if (perMinute > total) {
      fields.invalid("new_users_per_minute", newUsers(limits).expected());
    }
  }

  /** Notes what is wrong with a page; returns it. */
  String page(Fields fields, String page) {
    if (page.length() > ConfigLimits.PAGE_BYTES
        || page.getBytes(StandardCharsets.UTF_8).length > ConfigLimits.PAGE_BYTES) {
      fields.invalid(
          "custom_page_html", "must have at most " + ConfigLimits.PAGE_BYTES + " bytes in UTF-8");
    } else if (fields.hasValue("custom_page_html") && !page.isEmpty()) {
      checks
          .template()
          .apply(page)
          .ifPresent(wrong -> fields.invalid("custom_page_html", "is no template: " + wrong));
    }
    return page;
  }

  private static List<OriginCommand> originCommands(
      Fields fields, RoomConfig from, List<Problem> problems) {
    List<?> elements =
        fields.optional("enabled_origin_commands", List.of(), List.of(), Value.ARRAY);
    if (!fields.has("enabled_origin_commands")) {
      return from.enabledOriginCommands();
    }
    var commands = new ArrayList<OriginCommand>();
    for (int index = 0; index < elements.size(); index++) {
      var element = elements.get(index);
      var command = element == null ? null : COMMAND.read().apply(element).orElse(null);
      var at = "enabled_origin_commands/" + index;
      if (command == null) {
        problems.add(Problem.invalid(at + " " + COMMAND.expected(), "/" + at));
      } else if (commands.contains(command)) {
        problems.add(Problem.invalid(at + " must not appear twice", "/" + at));
      } else {
        commands.add(command);
      }
    }
    return commands;
  }
}
