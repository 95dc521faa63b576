package io.maitred.service;

import static io.maitred.service.model.Samples.RESOLUTION;
import static io.maitred.service.model.Samples.headers;
import static io.maitred.service.model.Samples.table;
import static io.maitred.service.model.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.maitred.service.model.Descriptor;
import io.maitred.service.model.Discovery;
import io.maitred.service.model.Refused;
import io.maitred.service.model.Resolved;
import io.maitred.service.model.Samples;
import io.maitred.service.model.Sources;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DescriptorCacheTest {
  private static final String V1 =
      "{'cmd':'run','cpus':1,'mem':128,'version':'v1','run-as-user':'bob'}";
  private static final String V2 =
      "{'cmd':'run','cpus':1,'mem':128,'version':'v2','run-as-user':'bob'}";

  private final Samples.Table tokens = table(token("web", V1));
  private final DescriptorCache cache = new DescriptorCache(RESOLUTION, 4);

  @Test
  void sameRequest_isResolvedOnce() {
    var first = resolve(Map.of("accept", "a"), "web", "alice");

    assertSame(first, resolve(Map.of("accept", "b", "x-waiter-debug", "1"), "web", "alice"));
    assertNotSame(first, resolve(Map.of(), "web", "carol"));
  }

  @Test
  void changedToken_isSeenAtOnce() {
    var first = (Descriptor) resolve(Map.of(), "web", "alice");
    tokens.tokens.put("web", token("web", V2));

    var second = (Descriptor) resolve(Map.of(), "web", "alice");

    assertNotEquals(first.id(), second.id());
    tokens.tokens.remove("web");
    assertInstanceOf(Refused.class, resolve(Map.of(), "web", "alice"));
  }

  @Test
  void tokenThatAppears_isSeenAtOnce() {
    var describing =
        headers(
            "x-waiter-cmd",
            "x",
            "x-waiter-cpus",
            "1",
            "x-waiter-mem",
            "1",
            "x-waiter-version",
            "1");
    var alone = (Descriptor) resolve(describing, "new", "alice");
    assertSame(alone, resolve(describing, "new", "alice"));
    tokens.tokens.put("new", token("new", "{'name':'n'}"));

    var merged = (Descriptor) resolve(describing, "new", "alice");

    assertEquals("n", merged.core().string("name"));
  }

  @Test
  void storedService_isReadAgainWhenItChanges() {
    var web = (Descriptor) resolve(Map.of(), "web", "alice");
    var byId = headers("x-waiter-token", "^SERVICE-ID#" + web.id());
    tokens.services.put(web.id(), web.core());
    assertSame(resolve(byId, "", "alice"), resolve(byId, "", "alice"));
    tokens.services.remove(web.id());

    assertInstanceOf(Refused.class, resolve(byId, "", "alice"));
  }

  @Test
  void otherHeaders_areOtherRequests() {
    var one = (Descriptor) resolve(headers("x-waiter-version", "1"), "web", "alice");
    var two = (Descriptor) resolve(headers("x-waiter-version", "2"), "web", "alice");

    assertNotEquals(one.id(), two.id());
    assertInstanceOf(Refused.class, resolve(headers("x-waiter-maintenance", "1"), "web", "alice"));
  }

  @Test
  void longDescriptions_areNotKept() {
    var long_ = headers("x-waiter-version", "v".repeat(5000));

    assertNotSame(resolve(long_, "web", "alice"), resolve(long_, "web", "alice"));
  }

  @Test
  void generations_holdTheLastOnesAndNoMoreThanTwice() {
    var map = new Generations<Integer, Integer>(4);
    for (int i = 0; i < 100; i++) {
      map.put(i, i);
      assertEquals(0, map.get(0), "kept while it is asked for");
    }
    assertEquals(99, map.get(99));
    assertNull(map.get(50));
  }

  private Resolved resolve(Map<String, String> headers, String host, String caller) {
    Discovery found = cache.discover(headers, host, tokens, tokens.services::get);
    return found instanceof Sources sources ? cache.resolve(sources, caller) : (Refused) found;
  }
}
