package io.maitred.http.waitingroom;

import io.maitred.waitingroom.model.Outcome;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.maitred.waitingroom.page.QueuePage;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the gate needs of the rest of the system. */
public record GatePorts(Workers workers, Pages pages, Zones zones) {

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

    /**
     * A cookie held no ticket of the room.
     *
     * @param kind of the failure, one of a few words
     */
    void undecodable(String kind);

    /** The room's time. */
    Instant now();
  }

  /** The pages of rooms. */
  public interface Pages {
    /**
     * The page, the room's own or the default one.
     *
     * @param acceptLanguage as the client sent it; empty for none
     * @return never fails
     */
    CompletionStage<QueuePage> render(
        Room room, EffectiveConfig effective, QueueFacts facts, String acceptLanguage);
  }

  /** What is set for all rooms of a zone. */
  public interface Zones {
    /** Whether users reach the zone's hosts by HTTPS only; always the same for a zone. */
    boolean isAlwaysHttps(String zone);

    /** Whether crawlers of search engines pass. */
    boolean letsCrawlersPass(String zone);
  }
}
