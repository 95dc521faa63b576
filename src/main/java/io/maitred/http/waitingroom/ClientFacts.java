package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import io.maitred.http.RequestContext;
import io.maitred.waitingroom.expression.RequestFacts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What expressions may ask about a request that came to the front end. One per request. */
final class ClientFacts implements RequestFacts {

  /**
   * Where a trusted proxy tells what it knows of a client.
   *
   * @param country name of the header with two letters; empty for none
   * @param autonomousSystem name of the header with a number; empty for none
   */
  record Headers(String country, String autonomousSystem) {}

  /** Headers that the server adds, not the client. */
  private static final Set<String> ADDED =
      Set.of("raw-request-uri", "remote-address", "timeout-access", "tls-session-info");

  private final RequestContext context;
  private final HttpRequest request;
  private final ClientAddress addresses;
  private final Headers known;
  private @Nullable InetAddress address;

  ClientFacts(
      RequestContext context, HttpRequest request, ClientAddress addresses, Headers known) {
    this.context = context;
    this.request = request;
    this.addresses = addresses;
    this.known = known;
  }

  @Override
  public String method() {
    return context.method().value();
  }

  @Override
  public String host() {
    return context.host().toLowerCase(Locale.ROOT);
  }

  @Override
  public String uri() {
    var query = context.query();
    return query == null ? context.path() : context.path() + "?" + query;
  }

  @Override
  public String version() {
    return context.clientProtocol();
  }

  @Override
  public boolean isSecure() {
    return context.scheme().equals("https");
  }

  @Override
  public InetAddress remoteAddress() {
    var found = address;
    if (found == null) {
      found = addresses.of(request).orElseGet(ClientFacts::unknown);
      address = found;
    }
    return found;
  }

  /** In no network that somebody would name. */
  private static InetAddress unknown() {
    return new java.net.InetSocketAddress(0).getAddress();
  }

  @Override
  public String country() {
    return trusted(known.country());
  }

  @Override
  public long autonomousSystem() {
    var text = trusted(known.autonomousSystem());
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0; // as if the proxy had not told
    }
  }

  private String trusted(String header) {
    return header.isEmpty() || !addresses.isForwarded(request)
        ? ""
        : request.getHeader(header).map(found -> found.value().trim()).orElse("");
  }

  @Override
  public List<String> headers(String name) {
    var values = new ArrayList<String>(1);
    for (HttpHeader header : request.getHeaders()) {
      if (header.is(name)) {
        values.add(header.value());
      }
    }
    return values;
  }

  @Override
  public List<String> headerNames() {
    var names = new ArrayList<String>();
    for (HttpHeader header : request.getHeaders()) {
      if (!ADDED.contains(header.lowercaseName())) {
        names.add(header.lowercaseName());
      }
    }
    return names;
  }
}
