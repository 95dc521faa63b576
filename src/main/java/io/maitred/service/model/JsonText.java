package io.maitred.service.model;

import org.jspecify.annotations.Nullable;

/** Reads the value of a header. */
@FunctionalInterface
public interface JsonText {
  /** The JSON tree that the text is; the text itself when it is no JSON. Never throws. */
  @Nullable Object parse(String text);
}
