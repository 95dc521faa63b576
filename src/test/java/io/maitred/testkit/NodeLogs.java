package io.maitred.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Prints the end of every node's log when a test fails. */
public final class NodeLogs
    implements TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler,
        AfterAllCallback {
  private static final int LINES = 60;
  private static final List<Path> FILES = new CopyOnWriteArrayList<>();

  static void add(Path file) {
    FILES.add(file);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    print();
    throw failure;
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    print();
    throw failure;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    FILES.clear();
  }

  private static void print() {
    for (var file : FILES) {
      System.err.println("---- the end of " + file);
      lines(file).forEach(System.err::println);
    }
  }

  private static List<String> lines(Path file) {
    try {
      var all = Files.readAllLines(file);
      return all.subList(Math.max(0, all.size() - LINES), all.size());
    } catch (IOException e) {
      return List.of("cannot be read: " + e);
    }
  }
}
