package io.maitred.autoscaler.model;

/** The sign of a scale amount, as reported to clients and to reservation. */
public enum Scaling {
  STABLE("stable"),
  SCALE_UP("scale-up"),
  SCALE_DOWN("scale-down");

  private final String word;

  Scaling(String word) {
    this.word = word;
  }

  /** As in JSON. */
  public String word() {
    return word;
  }

  public static Scaling of(int amount) {
    return amount == 0 ? STABLE : amount > 0 ? SCALE_UP : SCALE_DOWN;
  }
}
