package io.maitred.waitingroom.model.config;

import io.maitred.waitingroom.model.RoomId;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rooms for tests: the defaults of the API, and what a test says. */
public final class TestRooms {
  public static final RoomId ID = new RoomId("0123456789abcdef0123456789abcdef");
  public static final String ZONE = "00000000000000000000000000000001";

  private TestRooms() {}

  /** A room at {@code shop.example.com/}, changed as a test needs it. */
  public static Room room(UnaryOperator<Options> change) {
    return change.apply(new Options()).room();
  }

  /** What tests change of a room. */
  public static final class Options {
    private RoomId id = ID;
    private String host = "shop.example.com";
    private String path = "/";
    private List<RoomRoute> routes = List.of();
    private String suffix = "";
    private CookieAttributes cookie = CookieAttributes.DEFAULT;
    private int session = 5;
    private boolean renew = true;
    private boolean suspended;
    private boolean queueAll;
    private boolean json;
    private QueueingMethod method = QueueingMethod.FIFO;
    private int status = 200;
    private List<OriginCommand> commands = List.of();
    private List<RoomEvent> events = List.of();
    private List<BypassRule> rules = List.of();

    private Options() {}

    public Options id(String other) {
      id = new RoomId(other);
      return this;
    }

    public Options at(String otherHost, String otherPath) {
      host = otherHost;
      path = otherPath;
      return this;
    }

    public Options also(String cookieSuffix, List<RoomRoute> additional) {
      suffix = cookieSuffix;
      routes = additional;
      return this;
    }

    public Options cookie(SameSite sameSite, SecureCookie secure) {
      cookie = new CookieAttributes(sameSite, secure);
      return this;
    }

    public Options session(int minutes, boolean renewed) {
      session = minutes;
      renew = renewed;
      return this;
    }

    public Options suspend() {
      suspended = true;
      return this;
    }

    public Options queueEverybody() {
      queueAll = true;
      return this;
    }

    public Options withJson() {
      json = true;
      return this;
    }

    public Options by(QueueingMethod other) {
      method = other;
      return this;
    }

    public Options answering(int other) {
      status = other;
      return this;
    }

    public Options revocable() {
      commands = List.of(OriginCommand.REVOKE);
      return this;
    }

    public Options with(RoomEvent event) {
      events = List.of(event);
      return this;
    }

    public Options with(BypassRule rule) {
      rules = List.of(rule);
      return this;
    }

    private Room room() {
      return new Room(id, ZONE, 1, Instant.EPOCH, Instant.EPOCH, config(), events, rules);
    }

    private RoomConfig config() {
      return new RoomConfig(
          "room",
          "",
          host,
          path,
          routes,
          suffix,
          cookie,
          200,
          200,
          session,
          !renew,
          suspended,
          queueAll,
          json,
          method,
          status,
          "",
          "en-US",
          commands,
          TurnstileMode.OFF,
          TurnstileAction.LOG);
    }
  }
}
