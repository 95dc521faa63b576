package io.maitred.waitingroom.page;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.maitred.waitingroom.page.RenderingStoppedException.Reason;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A template of a queue page, ready to be rendered. The language is mustache (contract waiting room
 * 27.1): variables, escaped and raw, sections, inverted sections, comments, other delimiters; no
 * partials, no lambdas. An unknown variable is empty. The empty text and 0 are false in sections.
 *
 * <p>Nothing but the variables can be reached from a template: they are texts, whole numbers and
 * booleans, and never looked into. Rendering ends early when it takes too long or yields too much.
 * Safe for all threads.
 */
final class PageTemplate {
  /** Bytes of a template, in UTF-8. */
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_MESSAGE = 200;

  private static final Mustache.Compiler COMPILER =
      Mustache.compiler()
          .defaultValue("")
          .emptyStringIsFalse(true)
          .zeroIsFalse(true)
          .withFormatter(value -> value instanceof Variables ? "" : value.toString())
          .withCollector(new VariablesOnly());

  private final Template template;

  private PageTemplate(Template template) {
    this.template = template;
  }

  /**
   * @throws InvalidTemplateException with a message for the operator
   */
  static PageTemplate compile(String text) throws InvalidTemplateException {
    if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new InvalidTemplateException("longer than " + MAX_BYTES + " bytes");
    }
    var error = TemplateScan.error(text);
    if (error.isPresent()) {
      throw new InvalidTemplateException(error.get());
    }
    try {
      return new PageTemplate(COMPILER.compile(text));
    } catch (RuntimeException e) {
      // its own exceptions, and those of places where it did not expect what it met
      throw new InvalidTemplateException(shortened(String.valueOf(e.getMessage())));
    }
  }

  /**
   * What is wrong with a template.
   *
   * @return a message for the operator; empty when it is good
   */
  static Optional<String> error(String text) {
    try {
      compile(text);
      return Optional.empty();
    } catch (InvalidTemplateException e) {
      return Optional.of(e.message());
    }
  }

  /**
   * The page.
   *
   * @param variables texts, whole numbers and booleans
   * @param deadline of {@code clock}, in nanoseconds
   * @param maxLength characters of the page
   * @throws RenderingStoppedException when there was no time or no room left, or the library failed
   */
  String render(Map<String, Object> variables, LongSupplier clock, long deadline, int maxLength)
      throws RenderingStoppedException {
    var context = new Variables(variables, clock, deadline);
    var out = new BoundedWriter(maxLength);
    try {
      template.execute(context, out);
    } catch (RuntimeException e) {
      // the library wraps what the variables and the writer throw
      throw new RenderingStoppedException(
          out.isFull() ? Reason.SIZE : context.isLate() ? Reason.TIME : Reason.ERROR, e);
    }
    return out.text();
  }

  private static String shortened(String message) {
    return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
  }

  /** The variables, which also watch the time: every tag asks for one. */
  private static final class Variables {
    private final Map<String, Object> values;
    private final LongSupplier clock;
    private final long deadline;
    private boolean late;

    Variables(Map<String, Object> values, LongSupplier clock, long deadline) {
      this.values = values;
      this.clock = clock;
      this.deadline = deadline;
    }

    boolean isLate() {
      return late;
    }

    Object get(String name) {
      if (clock.getAsLong() - deadline > 0) {
        late = true;
        throw new MustacheException("too slow");
      }
      var value = values.get(name);
      return value == null ? Template.NO_FETCHER_FOUND : value;
    }
  }

  /** Looks up variables and nothing else; the library's own ones call methods and read fields. */
  private static final class VariablesOnly implements Mustache.Collector {
    @Override
    public @Nullable Iterator<?> toIterator(Object value) {
      // a section of an unknown name is the empty list here; there are no others
      return value instanceof Collection<?> ? Collections.emptyIterator() : null;
    }

    @Override
    public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
      return context instanceof Variables
          ? (variables, key) -> ((Variables) variables).get(key)
          : null;
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      // of no use with one kind of context, and a template could fill it with its own words
      return new NothingKept<>();
    }
  }

  private static final class NothingKept<K, V> extends AbstractMap<K, V> {
    @Override
    public @Nullable V get(@Nullable Object key) {
      return null;
    }

    @Override
    public @Nullable V put(K key, V value) {
      return null;
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
      return Set.of();
    }
  }

  /** Refuses what goes beyond its size. */
  private static final class BoundedWriter extends Writer {
    private final StringBuilder text = new StringBuilder();
    private final int maxLength;
    private boolean full;

    BoundedWriter(int maxLength) {
      this.maxLength = maxLength;
    }

    boolean isFull() {
      return full;
    }

    String text() {
      return text.toString();
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      makeRoom(length);
      text.append(buffer, offset, length);
    }

    @Override
    public void write(String string, int offset, int length) throws IOException {
      makeRoom(length);
      text.append(string, offset, offset + length);
    }

    private void makeRoom(int length) throws IOException {
      if (length > maxLength - text.length()) {
        full = true;
        throw new IOException("too long");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
