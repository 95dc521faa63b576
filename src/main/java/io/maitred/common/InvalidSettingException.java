package io.maitred.common;

/** A wrong value in the configuration. The message is one line: path, value, what is expected. */
public final class InvalidSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidSettingException(String path, Object value, String expected) {
    super(path + ": " + value + " (expected: " + expected + ")");
  }
}
