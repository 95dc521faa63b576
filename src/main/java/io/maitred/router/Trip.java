package io.maitred.router;

import io.maitred.router.model.Timeouts;
import io.maitred.service.model.Descriptor;
import io.maitred.service.model.Instance;
import io.maitred.service.model.Sources;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the router needs to know of a request besides its bytes, and whom it tells what it found out
 * on the way. Made by the front end, one per request; the {@code on...} methods are called by one
 * stage of the request after the other, never by two at once.
 */
public interface Trip {
  /** Different for every request. */
  String requestId();

  /** Correlation id. */
  String cid();

  /** The Host header as received. */
  String hostHeader();

  /** The Host header without port; empty when there is none. */
  String host();

  /** {@code http} or {@code https}. */
  String scheme();

  /** The path, byte for byte as sent. */
  String path();

  /** The query, byte for byte as sent; null when there is none. */
  @Nullable String query();

  /** This hop's entry in {@code via}. */
  String via();

  /** Higher ones leave the queue first: 0 for requests, 1 for pings. */
  int priority();

  /** Authenticates the caller; fails with a refusal. Asked at most once. */
  CompletionStage<String> caller();

  /** The tokens are known. */
  void onSources(Sources sources);

  /** Port of the instance to connect to: 0, or an index into its extra ports plus one. */
  int portIndex();

  /** Protocol to speak to the instance; null: the service's. */
  @Nullable String protocol();

  /** The service is known. */
  void onDescriptor(Descriptor descriptor);

  /** The time-outs are known. */
  void onTimeouts(Timeouts timeouts);

  /**
   * A slot was given.
   *
   * @param nanos time that the request waited for it
   */
  void onReserved(Instance instance, String proto, long nanos);

  /**
   * The head of the backend's answer has come.
   *
   * @param nanos since the request was sent
   */
  void onAnswered(long nanos);

  /**
   * Registers what gives the request up when its client is gone. Called again when the request has
   * reached its next station; the last one counts.
   */
  void onClientGone(Runnable cancel);
}
