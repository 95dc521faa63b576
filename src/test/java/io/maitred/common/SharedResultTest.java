package io.maitred.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedResultTest {

  @Test
  void end_letsAllGoOnInTheOrderInWhichTheyJoined() {
    var result = new SharedResult<String>();
    var order = new ArrayList<Integer>();
    IntStream.range(0, 5).forEach(i -> result.join().thenRun(() -> order.add(i)));
    result.end("done", null);
    result.join().thenRun(() -> order.add(5));
    assertEquals(List.of(0, 1, 2, 3, 4, 5), order);
    assertEquals("done", result.join().toCompletableFuture().join());
  }

  @Test
  void end_withAFailure_failsThoseBeforeAndAfter() {
    var result = new SharedResult<String>();
    var before = result.join().toCompletableFuture();
    var failure = new IllegalStateException("no");
    result.end("", failure);
    assertSame(failure, assertThrows(CompletionException.class, before::join).getCause());
    var after = result.join().toCompletableFuture();
    assertSame(failure, assertThrows(CompletionException.class, after::join).getCause());
  }
}
