package io.maitred.http;

import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found out about a request on its way, for error messages, debug headers and the request
 * log. Not thread-safe: written by one stage of the request after the other, never by two at once.
 */
public final class KnownFacts {
  /** What kind of request the log line is about (contract waiter 13.4). */
  private String requestType = "waiter-api";

  private @Nullable Caller caller;
  private List<String> tokens = List.of();
  private @Nullable String serviceOwner;
  private @Nullable ServiceId serviceId;
  private @Nullable Instance instance;
  private @Nullable String backendProto;
  private @Nullable Duration queueTimeout;
  private @Nullable Duration socketTimeout;
  private @Nullable Duration streamingTimeout;
  private long reservationNanos = -1;
  private long backendNanos = -1;
  private boolean backendAnswered;
  private boolean fallbackTriggered;
  private @Nullable String errorClass;

  /** {@code waiter-api}, {@code waiter-proxy}, {@code ping}, ... */
  public String requestType() {
    return requestType;
  }

  public void requestType(String type) {
    this.requestType = type;
  }

  public @Nullable Caller caller() {
    return caller;
  }

  public void caller(Caller found) {
    this.caller = found;
  }

  /** The tokens that identified the service, in the order of the request; empty for none. */
  public List<String> tokens() {
    return tokens;
  }

  /**
   * @param owner owner of the token, null when there are several or none
   */
  public void tokens(List<String> names, @Nullable String owner) {
    this.tokens = List.copyOf(names);
    this.serviceOwner = owner;
  }

  public @Nullable String serviceOwner() {
    return serviceOwner;
  }

  public @Nullable ServiceId serviceId() {
    return serviceId;
  }

  public void serviceId(ServiceId id) {
    this.serviceId = id;
  }

  /** The instance that the request was given a slot of. */
  public @Nullable Instance instance() {
    return instance;
  }

  public @Nullable String backendProto() {
    return backendProto;
  }

  /**
   * A slot was given.
   *
   * @param proto protocol spoken to the instance, for instance {@code http}
   * @param nanos time that the request waited for the slot
   */
  public void reserved(Instance chosen, String proto, long nanos) {
    this.instance = chosen;
    this.backendProto = proto;
    this.reservationNanos = nanos;
  }

  /** Nanoseconds until the slot was given; -1 while there is none. */
  public long reservationNanos() {
    return reservationNanos;
  }

  /** The time-outs that hold for this request (contract waiter 6.3). */
  public void timeouts(Duration queue, Duration socket, Duration streaming) {
    this.queueTimeout = queue;
    this.socketTimeout = socket;
    this.streamingTimeout = streaming;
  }

  public @Nullable Duration queueTimeout() {
    return queueTimeout;
  }

  public @Nullable Duration socketTimeout() {
    return socketTimeout;
  }

  public @Nullable Duration streamingTimeout() {
    return streamingTimeout;
  }

  /**
   * The head of the backend's response has come, and it is what the client gets: the response
   * carries no {@code server} header of ours.
   *
   * @param nanos time from sending the request to the head of the response
   */
  public void backendAnswered(long nanos) {
    this.backendAnswered = true;
    this.backendNanos = nanos;
  }

  public boolean backendAnswered() {
    return backendAnswered;
  }

  /** Nanoseconds until the backend's response head; -1 when none came. */
  public long backendNanos() {
    return backendNanos;
  }

  /** A previous version of the service answers instead of the latest. */
  public void fallbackTriggered(boolean triggered) {
    this.fallbackTriggered = triggered;
  }

  public boolean fallbackTriggered() {
    return fallbackTriggered;
  }

  /** {@code details.error-class} of the error that the client got. */
  public @Nullable String errorClass() {
    return errorClass;
  }

  void failed(@Nullable String name) {
    this.errorClass = name;
    this.backendAnswered = false;
  }
}
