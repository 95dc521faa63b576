package io.maitred.store;

/**
 * The tables in which a node keeps the documents of a family. Changes come from any thread, in any
 * order and more than once; the higher revision wins, always.
 *
 * @param <D> the documents of the family
 */
public interface Mirror<D> {

  /** Revision of the document that the tables hold, 0 when they hold none. */
  long revision(String persistenceId);

  /** Takes the document over if it is newer than the present one; says whether it was. */
  boolean apply(D document, long revision);
}
