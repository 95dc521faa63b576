package io.maitred.waitingroom.page;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The templates that were used last, compiled once each. The key is the text itself: as long as a
 * room does not change, it is the same object and found at once, and a change is seen at once. Safe
 * for all threads.
 */
final class TemplateCache {
  /** What an entry weighs besides its text. */
  private static final int OVERHEAD = 1024;

  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int maxWeight;
  private long weight;

  /**
   * @param maxWeight characters of all templates, about
   */
  TemplateCache(int maxWeight) {
    this.maxWeight = maxWeight;
  }

  /** The template of a text, compiled or not yet. */
  synchronized Entry entry(String text) {
    var entry = entries.get(text);
    if (entry == null) {
      entry = new Entry(text);
      entries.put(text, entry);
      weight += weight(text);
      evict();
    }
    return entry;
  }

  private void evict() {
    Iterator<String> oldest = entries.keySet().iterator();
    while (weight > maxWeight && entries.size() > 1) {
      weight -= weight(oldest.next());
      oldest.remove();
    }
  }

  private static long weight(String text) {
    return (long) text.length() + OVERHEAD;
  }

  /** Templates that are kept. */
  synchronized int size() {
    return entries.size();
  }

  /** A template, and how it does. */
  static final class Entry {
    private final String text;
    private final AtomicInteger waiting = new AtomicInteger();
    private @Nullable PageTemplate template;
    private @Nullable InvalidTemplateException invalid;
    private volatile long setAsideUntil;
    private volatile boolean wasSetAside;

    Entry(String text) {
      this.text = text;
    }

    /** Characters of the text. */
    int length() {
      return text.length();
    }

    /** Compiles at the first call; others wait meanwhile. */
    synchronized PageTemplate template() throws InvalidTemplateException {
      if (invalid != null) {
        throw invalid;
      }
      if (template == null) {
        try {
          template = PageTemplate.compile(text);
        } catch (InvalidTemplateException e) {
          invalid = e;
          throw e;
        }
      }
      return template;
    }

    /** Whether one more page may wait; each is to be ended. */
    boolean begin(int maxWaiting) {
      if (waiting.incrementAndGet() <= maxWaiting) {
        return true;
      }
      waiting.decrementAndGet();
      return false;
    }

    void end() {
      waiting.decrementAndGet();
    }

    /** Not to be rendered until a time of the clock, in nanoseconds. */
    void setAside(long until) {
      setAsideUntil = until;
      wasSetAside = true;
    }

    boolean isSetAside(long now) {
      return wasSetAside && now - setAsideUntil < 0;
    }
  }
}
