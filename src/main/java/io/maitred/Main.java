package io.maitred;

/** Starts a node. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("maitred");
  }
}
