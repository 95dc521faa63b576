package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpRequest;
import io.maitred.http.RequestContext;
import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the gate needs of the rest of the system. */
public record RoomPorts(Workers workers, BypassRules rules, Pages pages, Zones zones) {

  /** The workers of this node's rooms. */
  public interface Workers {
    /** Null when the room has none here, because it is new or gone: it is not gated then. */
    @Nullable Worker find(RoomId room);
  }

  /** The one who decides for a room on this node. */
  public interface Worker {
    /**
     * Decides a visit, mostly at once.
     *
     * @return never fails, and is never a {@link Outcome.Draw}
     */
    CompletionStage<Outcome> visit(@Nullable Ticket ticket, Room room);

    /** The origin has ended the session; may be told more than once. */
    void revoked(Ticket ticket);

    /** The room's time. */
    Instant now();
  }

  /** The bypass rules of rooms. */
  public interface BypassRules {
    /** Whether a rule of the room lets a request pass; what cannot be evaluated does not. */
    boolean bypasses(Room room, RequestContext context, HttpRequest request);
  }

  /** The pages of rooms. */
  public interface Pages {
    /**
     * The page in UTF-8, the room's own or the default one; does not fail because of what an
     * operator wrote.
     */
    CompletionStage<byte[]> render(Room room, EffectiveConfig effective, QueueFacts facts);
  }

  /** What is set for all rooms of a zone. */
  public interface Zones {
    /** Whether users reach the zone's hosts by HTTPS only. */
    boolean isAlwaysHttps(String zone);

    /** Whether crawlers of search engines pass. */
    boolean letsCrawlersPass(String zone);
  }
}
