package io.maitred.service;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map without locks on the way of readers: when the young generation is full it becomes
 * the old one, and what of it is asked for again moves to the next young one. Threads that race may
 * lose an entry, which is then made again; a map never holds much more than twice {@code size}.
 */
final class Generations<K, V> {
  private final int size;
  private volatile Map<K, V> young = new ConcurrentHashMap<>();
  private volatile Map<K, V> old = Map.of();

  Generations(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 1)");
    }
    this.size = size;
  }

  @Nullable V get(K key) {
    V value = young.get(key);
    if (value == null) {
      value = old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return value;
  }

  void put(K key, V value) {
    if (young.size() >= size) {
      rotate();
    }
    young.put(key, value);
  }

  private synchronized void rotate() {
    if (young.size() >= size) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }
}
