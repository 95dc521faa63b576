package io.maitred.store;

/**
 * How an entity tells what is in the database now: to its own node's tables, then to the others.
 *
 * @param <D> the documents of a family
 */
@FunctionalInterface
public interface Announcer<D> {

  /** May be called again with the same revision; from any thread. */
  void announce(D document, long revision);
}
