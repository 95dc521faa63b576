package io.maitred.store;

import org.jspecify.annotations.Nullable;

/** The database cannot be opened at the start. The message is one line for the operator. */
public final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
