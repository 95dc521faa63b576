package io.maitred.waitingroom.page;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the library does not refuse: finds the tags of a template as its parser does, and refuses
 * templates that are nested too deeply for a recursive renderer, tags that bring in other
 * templates, and empty tags and names, on which the library fails without a word. Whether sections
 * are closed properly is left to the library.
 */
final class TemplateScan {
  /** Levels of sections in sections. */
  static final int MAX_DEPTH = 32;

  /** The library looks for names between the dots, and finds none. */
  private static final Pattern ONLY_DOTS = Pattern.compile("[{#^&]?\\s*\\.{2,}");

  private static final char NONE = '\0';

  private enum State {
    TEXT,
    START,
    TAG,
    END
  }

  private final String template;
  private final StringBuilder tag = new StringBuilder();
  private State state = State.TEXT;
  private char start1 = '{';
  private char start2 = '{';
  private char end1 = '}';
  private char end2 = '}';
  private int line = 1;
  private int depth;
  private Optional<String> error = Optional.empty();

  private TemplateScan(String template) {
    this.template = template;
  }

  /** What is wrong, with the line; empty when nothing of the above is. */
  static Optional<String> error(String template) {
    return new TemplateScan(template).scan();
  }

  private Optional<String> scan() {
    for (int i = 0; i < template.length() && error.isEmpty(); i++) {
      char c = template.charAt(i);
      read(c);
      if (c == '\n') {
        line++;
      }
    }
    return error;
  }

  private void read(char c) {
    switch (state) {
      case TEXT -> {
        if (c == start1) {
          state = State.START;
          if (start2 == NONE) {
            read(NONE);
          }
        }
      }
      case START -> {
        if (c == start2) {
          tag.setLength(0);
          state = State.TAG;
        } else {
          state = State.TEXT;
          read(c);
        }
      }
      case TAG -> inTag(c);
      case END -> {
        if (c == end2) {
          state = State.TEXT;
          ended();
        } else {
          tag.append(end1);
          state = State.TAG;
          read(c);
        }
      }
    }
  }

  private void inTag(char c) {
    if (c == end1) {
      state = State.END;
      if (end2 == NONE) {
        read(NONE);
      }
    } else if (c == start1 && !tag.isEmpty() && tag.charAt(0) != '!') {
      // what looked like a tag was text
      tag.setLength(0);
      state = start2 == NONE ? State.TAG : State.START;
    } else {
      tag.append(c);
    }
  }

  private void ended() {
    var content = tag.toString().trim();
    if (content.isEmpty()) {
      refuse("an empty tag");
      return;
    }
    switch (content.charAt(0)) {
      case '#', '^' -> {
        if (++depth > MAX_DEPTH) {
          refuse("sections are nested more than " + MAX_DEPTH + " levels deep");
        }
      }
      case '/' -> depth--;
      case '>', '<', '$' -> refuse("partials and inheritance are not available");
      case '=' -> newDelimiters();
      default -> {}
    }
    if (ONLY_DOTS.matcher(content).matches()) {
      refuse("a name of dots only");
    }
  }

  private void newDelimiters() {
    // blanks before the sign are a variable to the library
    var content =
        tag.charAt(0) == '=' && tag.length() > 1 ? tag.substring(1, tag.length() - 1) : "";
    var parts = content.split(" ", 0);
    if (parts.length != 2 || !isDelimiter(parts[0]) || !isDelimiter(parts[1])) {
      refuse("delimiters are changed like this: {{=<% %>=}}");
      return;
    }
    start1 = parts[0].charAt(0);
    start2 = parts[0].length() == 1 ? NONE : parts[0].charAt(1);
    end1 = parts[1].charAt(0);
    end2 = parts[1].length() == 1 ? NONE : parts[1].charAt(1);
  }

  private static boolean isDelimiter(String text) {
    return text.length() == 1 || text.length() == 2;
  }

  private void refuse(String what) {
    error = Optional.of(what + " (line " + line + ")");
  }
}
