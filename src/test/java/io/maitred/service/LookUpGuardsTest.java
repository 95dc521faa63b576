package io.maitred.service;

import static io.maitred.service.TestRules.document;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.RefusedException;
import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.TokenDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** The guards between requests and entities, with a clock and entities of our own. */
class LookUpGuardsTest {
  private static final ServiceId ID = new ServiceId("s");

  private long nanos;
  private final List<CompletableFuture<Optional<TokenDocument>>> asked = new ArrayList<>();
  private final UnknownTokens unknown = new UnknownTokens(2, Duration.ofSeconds(1), 2, () -> nanos);

  private CompletionStage<Optional<TokenDocument>> fetch(String name) {
    return unknown.fetch(
        name,
        () -> {
          asked.add(new CompletableFuture<>());
          return asked.get(asked.size() - 1);
        });
  }

  private void fetchUnknown(String name) {
    int before = asked.size();
    fetch(name);
    assertEquals(before + 1, asked.size(), name + " is looked up");
    asked.get(before).complete(Optional.empty());
  }

  @Test
  void fetch_unknown_isRememberedForAWhile() throws Exception {
    fetchUnknown("a");
    assertEquals(Optional.empty(), StoreNode.get(fetch("a")));
    assertEquals(1, asked.size());
    nanos += Duration.ofSeconds(1).toNanos();
    fetchUnknown("a");
  }

  @Test
  void fetch_found_isNotRemembered() throws Exception {
    var first = fetch("a");
    asked.get(0).complete(Optional.of(document("a", "x")));
    assertEquals(Optional.of(document("a", "x")), StoreNode.get(first));
    fetch("a");
    assertEquals(2, asked.size());
  }

  @Test
  void fetch_sameNameAtOnce_isOneLookUp() throws Exception {
    var first = fetch("a");
    var second = fetch("a");
    asked.get(0).complete(Optional.of(document("a", "x")));
    assertEquals(StoreNode.get(first), StoreNode.get(second));
    assertEquals(1, asked.size());
  }

  @Test
  void fetch_tooManyAtOnce_isRefused() {
    fetch("a");
    fetch("b");
    var failure = assertThrows(ExecutionException.class, () -> StoreNode.get(fetch("c")));
    assertEquals(
        503, assertInstanceOf(RefusedException.class, failure.getCause()).refusal().status());
    asked.get(0).complete(Optional.empty());
    fetch("c");
    assertEquals(3, asked.size());
  }

  @Test
  void fetch_moreNamesThanRemembered_forgetsTheOldest() {
    List.of("a", "b", "c").forEach(this::fetchUnknown);
    fetchUnknown("a");
  }

  @Test
  void fetch_failed_isTriedAgain() {
    var first = fetch("a");
    asked.get(0).completeExceptionally(new IllegalStateException("away"));
    assertThrows(ExecutionException.class, () -> StoreNode.get(first));
    fetch("a");
    assertEquals(2, asked.size());
  }

  @Test
  void describe_sameAtOnce_isOneMessage() throws Exception {
    var descriptions = new Descriptions(() -> nanos);
    var stored = new CompletableFuture<ServiceRecord>();
    var first = descriptions.send(ID, List.of(), () -> stored);
    var second =
        descriptions.send(
            ID,
            List.of(),
            () -> {
              throw new AssertionError("sent twice");
            });
    var known =
        ServiceRecord.described(ID, new ServiceDescription(Map.of()), List.of(), TestRules.NOW);
    stored.complete(known);
    assertEquals(known, StoreNode.get(first));
    assertEquals(known, StoreNode.get(second));
    assertTrue(descriptions.sent(ID, List.of()));
    nanos += Duration.ofMinutes(6).toNanos();
    assertFalse(descriptions.sent(ID, List.of()));
  }

  @Test
  void describe_failed_isNotTakenForSent() {
    var descriptions = new Descriptions(() -> nanos);
    descriptions.send(
        ID, List.of(), () -> CompletableFuture.failedFuture(new IllegalStateException("away")));
    assertFalse(descriptions.sent(ID, List.of()));
  }
}
