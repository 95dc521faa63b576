package io.maitred.service.model;

import static io.maitred.service.model.Samples.completeWith;
import static io.maitred.service.model.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceIdentityTest {

  @Test
  void id_isPrefixNameAndHash() {
    var id = idOf(completeWith("{'name':'My Service.2'}"));

    assertTrue(id.matches("waiter-service-myservice2-[0-9a-f]{32}"), id);
    assertTrue(idOf(Samples.complete()).matches("waiter-service-[0-9a-f]{32}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'cpus':1.0}",
        "{'cpus':2}",
        "{'version':'v2'}",
        "{'permitted-user':'*'}",
        "{'concurrency-level':1}",
        "{'env':{}}",
        "{'env':{'A':'1'}}",
        "{'run-as-user':'bob'}",
        "{'name':''}"
      })
  void id_dependsOnEveryParameter(String change) {
    assertNotEquals(idOf(Samples.complete()), idOf(completeWith(change)));
  }

  @Test
  void id_sameNumberInAnotherJavaType_isTheSame() {
    var stored = new HashMap<>(Samples.complete());
    stored.put("mem", 128L);

    assertEquals(idOf(Samples.complete()), idOf(stored));
  }

  @Test
  void tokenHash_ignoresNameAndPreviousOnly() {
    var data = json("{'cmd':'x','owner':'alice','cluster':'c','last-update-time':5}");
    var more = new HashMap<>(data);
    more.put("previous", json("{'cmd':'w'}"));

    assertTrue(TokenHash.of(data).matches("E-[0-9a-f]{32}"));
    assertEquals(TokenHash.of(data), TokenHash.of(more));
    for (var key : data.keySet()) {
      var changed = new HashMap<>(data);
      changed.put(key, "other");
      assertNotEquals(TokenHash.of(data), TokenHash.of(changed), key);
    }
    assertEquals(TokenHash.of(data), TokenHash.versionOf(new TokenDocument("a", data)));
    assertEquals("", TokenHash.versionOf(null));
    more.put("deleted", true);
    assertEquals("", TokenHash.versionOf(new TokenDocument("a", more)));
  }

  @Test
  void canonicalText_randomTrees_sameOnlyForEqualTrees() {
    for (int seed = 0; seed < 300; seed++) {
      var tree = tree(new Random(seed), 3);
      var same = shuffled(tree(new Random(seed), 3), new Random(seed + 1));
      var other = tree(new Random(seed + 10_000), 3);

      assertEquals(CanonicalTree.text(tree), CanonicalTree.text(same), "seed " + seed);
      assertEquals(tree.equals(other), CanonicalTree.equal(tree, other), "seed " + seed);
    }
  }

  @Test
  void canonicalText_neighbours_doNotRunTogether() {
    assertNotEquals(CanonicalTree.text(List.of("ab", "c")), CanonicalTree.text(List.of("a", "bc")));
    assertNotEquals(CanonicalTree.text(List.of("1")), CanonicalTree.text(List.of(1)));
    assertNotEquals(CanonicalTree.text(Map.of("a", "b")), CanonicalTree.text(List.of("a", "b")));
  }

  private static String idOf(Map<String, Object> core) {
    return ServiceIdentity.idOf(new ServiceDescription(core), "waiter-service-").value();
  }

  private static Object tree(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> random.nextInt(5);
      case 1 -> (double) random.nextInt(5);
      case 2 -> "s".repeat(random.nextInt(3));
      case 3 -> random.nextBoolean();
      case 4 -> Integer.toString(random.nextInt(5));
      case 5 -> random.ints(random.nextInt(4)).mapToObj(i -> tree(random, depth - 1)).toList();
      default -> {
        var map = new LinkedHashMap<String, Object>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put("k" + random.nextInt(5), tree(random, depth - 1));
        }
        yield map;
      }
    };
  }

  /** The same tree with the keys of its maps in another order. */
  private static Object shuffled(Object tree, Random random) {
    if (tree instanceof List<?> list) {
      return list.stream().map(element -> shuffled(element, random)).toList();
    }
    if (tree instanceof Map<?, ?> map) {
      var keys = new ArrayList<Object>(map.keySet());
      Collections.shuffle(keys, random);
      var copy = new LinkedHashMap<Object, Object>();
      for (var key : keys) {
        var value = map.get(key);
        copy.put(key, value == null ? "" : shuffled(value, random));
      }
      return copy;
    }
    return tree;
  }
}
