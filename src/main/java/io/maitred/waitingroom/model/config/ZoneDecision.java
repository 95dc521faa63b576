package io.maitred.waitingroom.model.config;

import java.util.List;

/** What comes of a change. */
public sealed interface ZoneDecision {

  /** The change is made; this is the zone after it. */
  record Changed(Zone zone) implements ZoneDecision {}

  /**
   * Nothing is changed.
   *
   * @param problems at least one
   */
  record Refused(List<Problem> problems) implements ZoneDecision {
    public Refused {
      problems = List.copyOf(problems);
    }

    /** The HTTP status for it: 404 when what is addressed does not exist, else 400. */
    public int status() {
      return problems.stream().anyMatch(problem -> problem.code() == Problem.NOT_FOUND) ? 404 : 400;
    }
  }
}
