package io.maitred.waitingroom;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.CborSerializable;
import io.maitred.waitingroom.model.Allotment;
import io.maitred.waitingroom.model.Allotment.Share;
import io.maitred.waitingroom.model.DataCenterReport;
import io.maitred.waitingroom.model.Outcome.Pool;
import io.maitred.waitingroom.model.ReportStamp;
import io.maitred.waitingroom.model.RevokedTicket;
import io.maitred.waitingroom.model.RoomAnswer;
import io.maitred.waitingroom.model.RoomCells;
import io.maitred.waitingroom.model.RoomExchange;
import io.maitred.waitingroom.model.Ticket;
import io.maitred.waitingroom.model.TicketId;
import io.maitred.waitingroom.model.WorkerId;
import io.maitred.waitingroom.model.WorkerReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message between the parts of a room survives the journey. */
class RoomMessagesTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "room-messages",
          ConfigFactory.parseString("akka.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final WorkerId WORKER = new WorkerId("node-1/3");
  private static final RoomCells CELLS =
      new RoomCells(
          List.of(new RoomCells.Active("Dublin", 162213, 5)),
          List.of(new RoomCells.Waiting(13842002431L, 27035280, -2)),
          List.of(new RoomCells.PerMinute(27035280, 3)),
          List.of(new RoomCells.PerMinute(27035280, 9)));
  private static final List<RevokedTicket> REVOKED =
      List.of(new RevokedTicket(new TicketId(Long.MIN_VALUE, -1), 27035280));
  private static final WorkerReport REPORT =
      new WorkerReport(WORKER, 7, 1622131200000L, CELLS, 12, REVOKED, 0, 0);
  private static final DataCenterReport OF_DATA_CENTER =
      new DataCenterReport("Dublin", 3, 9, 1622131200000L, CELLS, 2, REVOKED, 0, 0);
  private static final Allotment ALLOTMENT =
      new Allotment(
          1622131200000L,
          4,
          200,
          -3,
          12.5,
          7,
          Ticket.NEVER,
          List.of(new Allotment.BucketState(13842002431L, 5, 4, 3)),
          Ticket.NEVER,
          new Share(3, true),
          Share.NONE,
          new Share(10, false, 4),
          Share.NONE,
          5,
          2,
          -1,
          REVOKED,
          List.of("grant"));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<CborSerializable> messages() {
    var reporter = KIT.<RoomReporter.Command>createTestProbe().ref();
    var dataCenter = KIT.<DataCenterRoom.Command>createTestProbe().ref();
    var granted = KIT.<Boolean>createTestProbe().ref();
    var kept = KIT.<RoomKeeper.Kept>createTestProbe().ref();
    var known = new RoomKeeper.Known(WORKER, reporter);
    return Stream.of(
        new DataCenterRoom.Hello(WORKER, reporter),
        new DataCenterRoom.Report(REPORT, reporter),
        new DataCenterRoom.Draw(WORKER, 1622131200000L, Pool.PARTIAL_BUCKET, 2, granted),
        new DataCenterRoom.Answered(
            new RoomAnswer(
                List.of(OF_DATA_CENTER), List.of(REPORT), List.of("grant"), RoomsOfTests.START)),
        DataCenterRoom.Wake.INSTANCE,
        DataCenterRoom.Stop.INSTANCE,
        new GlobalRoom.Exchange(
            new RoomExchange(
                "Dublin",
                OF_DATA_CENTER,
                Map.of("Nairobi", new ReportStamp(3, 9)),
                true,
                false,
                List.of(REPORT)),
            dataCenter),
        new GlobalRoom.Exchange(
            new RoomExchange("Dublin", null, Map.of(), false, true, null), dataCenter),
        new GlobalRoom.Draw(1622131200000L, 113, granted),
        GlobalRoom.Stop.INSTANCE,
        new RoomKeeper.Keep(RoomsOfTests.ID, List.of(REPORT)),
        new RoomKeeper.Recover(RoomsOfTests.ID, kept),
        new RoomKeeper.Kept(List.of(REPORT), List.of(known)),
        new RoomReporter.Answer(
            ALLOTMENT, 7, RoomsOfTests.START, Duration.ofMillis(1017), Duration.ofSeconds(2)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void message_survivesTheJourney(CborSerializable message) {
    KIT.serializationTestKit().verifySerialization(message, true);
  }
}
