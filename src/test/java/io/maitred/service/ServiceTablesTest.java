package io.maitred.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;
import io.maitred.service.model.ServiceRecord;
import io.maitred.service.model.StoredDocument;
import io.maitred.service.model.TokenDocument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServiceTablesTest {
  private final ServiceTables tables = new ServiceTables();

  private static TokenDocument document(String name, String owner, boolean deleted) {
    return new TokenDocument(name, Map.of("owner", owner, "deleted", deleted));
  }

  private boolean apply(String name, @Nullable TokenDocument document, long revision) {
    return tables.apply(new StoredDocument.Token(name, document, List.of()), revision);
  }

  @Test
  void apply_olderOrSameRevision_changesNothing() {
    assertTrue(apply("a", document("a", "new", false), 2));
    assertFalse(apply("a", document("a", "old", false), 1));
    assertFalse(apply("a", document("a", "old", false), 2));
    assertEquals(document("a", "new", false), tables.token("a"));
    assertEquals(2, tables.tokenRevision("a"));
  }

  @Test
  void apply_tombstone_isNotUndoneByAnOlderDocument() {
    apply("a", document("a", "o", false), 1);
    apply("a", null, 3);
    assertFalse(apply("a", document("a", "o", false), 2));
    assertNull(tables.token("a"));
    assertEquals(List.of(), List.copyOf(tables.all()));
    assertEquals(0, tables.tokensOwnedBy("o"));
  }

  @Test
  void apply_service_higherRevisionWins() {
    var id = new ServiceId("s");
    var first =
        ServiceRecord.described(
            id, new ServiceDescription(Map.of("cmd", "x")), List.of(), TestRules.NOW);
    var second = first.withSuspension(true, "bob", TestRules.NOW);
    assertTrue(tables.apply(new StoredDocument.Service(id, second), 2));
    assertFalse(tables.apply(new StoredDocument.Service(id, first), 1));
    assertEquals(second, tables.service(id));
    assertEquals(List.of(second), List.copyOf(tables.services()));
    assertNull(tables.service(new ServiceId("other")));
  }

  @Test
  void tokenIgnoringCase_onlyOne_isFound() {
    apply("My.Token", document("My.Token", "o", false), 1);
    assertEquals(document("My.Token", "o", false), tables.tokenIgnoringCase("my.token"));
    assertNull(tables.token("my.token"));
  }

  @Test
  void tokenIgnoringCase_exactName_winsOverOthers() {
    apply("My.Token", document("My.Token", "o", false), 1);
    apply("my.token", document("my.token", "o", false), 1);
    assertEquals(document("my.token", "o", false), tables.tokenIgnoringCase("my.token"));
  }

  @Test
  void tokenIgnoringCase_two_isAmbiguousUntilOneIsDeleted() {
    apply("My.Token", document("My.Token", "o", false), 1);
    apply("MY.TOKEN", document("MY.TOKEN", "o", false), 1);
    assertNull(tables.tokenIgnoringCase("my.token"));
    apply("MY.TOKEN", document("MY.TOKEN", "o", true), 2);
    assertEquals(document("My.Token", "o", false), tables.tokenIgnoringCase("my.token"));
    apply("My.Token", null, 2);
    assertNull(tables.tokenIgnoringCase("my.token"));
  }

  @Test
  void apply_anyOrderAndTwice_endsTheSame() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var changes = new ArrayList<Map.Entry<StoredDocument.Token, Long>>();
      var last = new HashMap<String, @Nullable TokenDocument>();
      for (var name : List.of("a", "A", "b")) {
        int revisions = 1 + random.nextInt(6);
        for (long revision = 1; revision <= revisions; revision++) {
          var document =
              random.nextInt(4) == 0
                  ? null
                  : document(name, "owner" + random.nextInt(2), random.nextInt(3) == 0);
          changes.add(Map.entry(new StoredDocument.Token(name, document, List.of()), revision));
          last.put(name, document);
        }
      }
      changes.addAll(changes.subList(0, changes.size() / 2));
      Collections.shuffle(changes, random);
      var shuffled = new ServiceTables();
      changes.forEach(change -> shuffled.apply(change.getKey(), change.getValue()));

      var message = "seed " + seed;
      last.forEach((name, document) -> assertEquals(document, shuffled.token(name), message));
      for (var owner : List.of("owner0", "owner1")) {
        long expected =
            last.values().stream()
                .filter(d -> d != null && !d.deleted() && owner.equals(d.owner()))
                .count();
        assertEquals(expected, shuffled.tokensOwnedBy(owner), message);
      }
    }
  }
}
