package io.maitred.waitingroom.expression;

import org.jspecify.annotations.Nullable;

/** A compiled expression. Immutable; any number of threads may evaluate it at once. */
public final class Expression {
  private final String source;
  private final Condition condition;

  Expression(String source, Condition condition) {
    this.source = source;
    this.condition = condition;
  }

  /** Something that holds for a request or does not. */
  @FunctionalInterface
  interface Condition {
    boolean holds(RequestFacts facts);
  }

  /**
   * What became of an evaluation.
   *
   * @param matches whether the expression holds; false if it could not be evaluated
   * @param failure why it could not be evaluated, for the caller to count; null if it could
   */
  public record Result(boolean matches, @Nullable RuntimeException failure) {
    private static final Result YES = new Result(true, null);
    private static final Result NO = new Result(false, null);
  }

  /** Evaluates without ever throwing: a failure is part of the result. */
  public Result evaluate(RequestFacts facts) {
    try {
      return condition.holds(facts) ? Result.YES : Result.NO;
    } catch (RuntimeException failure) {
      return new Result(false, failure);
    }
  }

  /** Whether it holds; false as well if it cannot be evaluated. */
  public boolean matches(RequestFacts facts) {
    return evaluate(facts).matches();
  }

  /** The text that it was compiled from. */
  public String source() {
    return source;
  }

  @Override
  public String toString() {
    return source;
  }
}
