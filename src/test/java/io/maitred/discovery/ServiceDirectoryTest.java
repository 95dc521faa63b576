package io.maitred.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import com.typesafe.config.ConfigFactory;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.ServiceDirectory.AwaitGoal;
import io.maitred.discovery.ServiceDirectory.Changed;
import io.maitred.discovery.ServiceDirectory.GoalAnswer;
import io.maitred.discovery.ServiceDirectory.Gone;
import io.maitred.discovery.ServiceDirectory.Known;
import io.maitred.discovery.model.Instances;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceDirectoryTest {
  private static final ServiceId A = new ServiceId("waiter-service-a");
  private static final ServiceId B = new ServiceId("waiter-service-b");
  private static final RouterId LEADER = new RouterId("router-1");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ActorTestKit testKit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(
                  ConfigFactory.parseString(
                      "akka.actor.provider = local, maitred.discovery.max-waiters = 2"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(testKit.system());
  private final TestProbe<SchedulerSync.Command> sync = testKit.createTestProbe();
  private final TestProbe<Object> told = testKit.createTestProbe();
  private final TestProbe<GoalAnswer> answers = testKit.createTestProbe();
  private ServiceDirectory directory;
  private ActorRef<ServiceDirectory.Command> keeper;

  @BeforeEach
  void start() {
    var settings = DiscoverySettings.from(testKit.system().settings().config());
    var started = testKit.<ServiceDirectory>createTestProbe();
    testKit.spawn(
        akka.actor.typed.javadsl.Behaviors.setup(
            context -> {
              started.ref().tell(ServiceDirectory.start(context, "dc", settings));
              return akka.actor.typed.javadsl.Behaviors.empty();
            }));
    directory = started.receiveMessage();
    directory.listen(view -> told.ref().tell(view), id -> told.ref().tell(id));
    var listing = testKit.<Receptionist.Listing>createTestProbe();
    var key = ServiceDirectory.key("dc");
    testKit.system().receptionist().tell(Receptionist.subscribe(key, listing.ref()));
    keeper =
        listing
            .fishForMessage(
                Duration.ofSeconds(10),
                l ->
                    l.getServiceInstances(key).isEmpty()
                        ? akka.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore()
                        : akka.actor.testkit.typed.javadsl.FishingOutcomes.complete())
            .get(0)
            .getServiceInstances(key)
            .iterator()
            .next();
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  @Test
  void snapshot_beforeAnythingWasHeard_isEmpty() {
    assertFalse(directory.snapshot().heard());
    assertNull(directory.snapshot().leader());
    assertEquals(List.of(), directory.snapshot().ids());
  }

  @Test
  void changed_isPublished_andToldToListeners() {
    var view = view(1, 1, A);

    keeper.tell(new Changed(view));

    assertEquals(view, told.receiveMessage());
    assertEquals(Optional.of(view), directory.snapshot().find(A));
  }

  @Test
  void listener_thatComesLater_isToldWhatExists() {
    change(view(1, 1, A));
    var late = testKit.<ServiceView>createTestProbe();

    directory.listen(late.ref()::tell, id -> {});

    assertEquals(view(1, 1, A), late.receiveMessage());
  }

  @Test
  void changed_repeatedOrOlder_isIgnored() {
    change(view(1, 2, A));

    keeper.tell(new Changed(view(1, 2, A)));
    keeper.tell(new Changed(view(1, 1, A)));
    keeper.tell(new Changed(view(0, 9, B)));

    change(view(1, 3, A));
    assertEquals(List.of(A), directory.snapshot().ids());
  }

  @Test
  void gone_removes_unlessTheServiceIsBack() {
    change(view(1, 3, A));

    keeper.tell(new Gone(A, new Version(1, 2)));
    keeper.tell(new Gone(A, new Version(1, 4)));

    assertEquals(A, told.receiveMessage());
    assertEquals(Optional.empty(), directory.snapshot().find(A));
  }

  @Test
  void known_removesWhatWasMissed_andNamesTheLeader() {
    change(view(1, 1, A));
    change(view(1, 2, B));

    keeper.tell(known(1, null, null, B));

    assertEquals(A, told.receiveMessage());
    assertEquals(List.of(B), directory.snapshot().ids());
    assertEquals(LEADER, directory.snapshot().leader());
  }

  @Test
  void known_ofARange_keepsWhatLiesOutside() {
    change(view(1, 1, A));
    change(view(1, 2, B));

    keeper.tell(known(1, A, null));

    assertEquals(B, told.receiveMessage());
    assertEquals(List.of(A), directory.snapshot().ids());
  }

  @Test
  void earlierSync_isIgnoredAndToldSo() {
    change(view(7, 1, A));

    keeper.tell(known(6, null, null));

    assertEquals(7, sync.expectMessageClass(SchedulerSync.Outdated.class).incarnation());
    assertEquals(List.of(A), directory.snapshot().ids());
  }

  @Test
  void await_whenAlreadyMet_isDone() throws Exception {
    change(view(1, 1, A));

    assertTrue(get(directory.await(A, Optional::isPresent, Duration.ZERO)));
    assertFalse(get(directory.await(A, Optional::isEmpty, Duration.ZERO)));
  }

  @Test
  void await_isDoneByAChange_orByTheEnd() throws Exception {
    var comes = directory.await(A, Goal.HEALTHY::reached, PATIENCE);
    change(view(1, 1, A));
    change(view(1, 2, A, Instances.healthy(A, 1)));
    assertTrue(get(comes));

    var goes = directory.await(A, Goal.DELETED::reached, PATIENCE);
    keeper.tell(new Gone(A, new Version(1, 3)));
    assertTrue(get(goes));
  }

  @Test
  void await_forgoalAsked_answersOnceOrOnTimeout() {
    keeper.tell(new AwaitGoal(A, Goal.EXISTS, PATIENCE, answers.ref()));
    keeper.tell(new AwaitGoal(B, Goal.EXISTS, PATIENCE, answers.ref()));
    change(view(1, 1, A));
    assertTrue(answers.receiveMessage().reached());

    time.timePasses(PATIENCE);

    assertFalse(answers.receiveMessage().reached());
    answers.expectNoMessage();
  }

  @Test
  void await_byTooMany_isRefused_andPlacesAreGivenBack() {
    for (int i = 0; i < 3; i++) {
      keeper.tell(new AwaitGoal(A, Goal.EXISTS, PATIENCE, answers.ref()));
    }
    assertFalse(answers.receiveMessage().reached());
    answers.expectNoMessage();

    change(view(1, 1, A));
    assertTrue(answers.receiveMessage().reached());
    assertTrue(answers.receiveMessage().reached());

    keeper.tell(new AwaitGoal(B, Goal.EXISTS, PATIENCE, answers.ref()));
    change(view(1, 2, B));
    assertTrue(answers.receiveMessage().reached());
  }

  @Test
  void routersReach_asksEveryDirectory() throws Exception {
    var peer = testKit.<ServiceDirectory.Command>createTestProbe();
    testKit
        .system()
        .receptionist()
        .tell(Receptionist.register(ServiceDirectory.key("dc"), peer.ref()));
    change(view(1, 1, A));
    told.awaitAssert(
        () -> {
          var asked = directory.routersReach(A, Goal.EXISTS, Duration.ZERO);
          peer.expectMessageClass(AwaitGoal.class, Duration.ofMillis(100))
              .replyTo()
              .tell(new GoalAnswer(true));
          assertTrue(get(asked));
          return null;
        });

    var asked = directory.routersReach(A, Goal.EXISTS, Duration.ZERO);
    peer.expectMessageClass(AwaitGoal.class).replyTo().tell(new GoalAnswer(false));

    assertFalse(get(asked));
  }

  @Test
  void routersReach_withARouterThatIsSilent_isFalse() throws Exception {
    var peer = testKit.<ServiceDirectory.Command>createTestProbe();
    keeper.tell(new ServiceDirectory.Peers(java.util.Set.of(keeper, peer.ref())));
    change(view(1, 1, A));

    var asked = directory.routersReach(A, Goal.EXISTS, PATIENCE);
    peer.expectMessageClass(AwaitGoal.class);
    time.timePasses(PATIENCE.plusSeconds(1));

    assertFalse(get(asked));
  }

  private void change(ServiceView view) {
    keeper.tell(new Changed(view));
    assertEquals(view, told.receiveMessage());
  }

  private Known known(
      long incarnation, @Nullable ServiceId after, @Nullable ServiceId upTo, ServiceId... ids) {
    return new Known(new Version(incarnation, 100), after, upTo, List.of(ids), LEADER, sync.ref());
  }

  private static ServiceView view(
      long incarnation, long sequence, ServiceId id, Instance... active) {
    return new ServiceView(
        new Version(incarnation, sequence),
        id,
        1,
        active.length,
        List.of(active),
        List.of(),
        List.of(),
        null);
  }

  private static boolean get(CompletionStage<Boolean> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
