package io.maitred.http.waitingroom;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import io.maitred.http.RequestContext;
import io.maitred.waitingroom.expression.RequestFacts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** A request as the rules of a room see it. */
final class GatedFacts implements RequestFacts {
  private final RequestContext context;
  private final HttpRequest request;
  private final ClientAddress addresses;

  GatedFacts(RequestContext context, HttpRequest request, ClientAddress addresses) {
    this.context = context;
    this.request = request;
    this.addresses = addresses;
  }

  @Override
  public String method() {
    return context.method().value();
  }

  @Override
  public String host() {
    return context.host();
  }

  @Override
  public String uri() {
    return context.query() == null ? context.path() : context.path() + "?" + context.query();
  }

  @Override
  public String version() {
    return context.clientProtocol();
  }

  @Override
  public boolean isSecure() {
    return context.scheme().equals("https");
  }

  /**
   * @throws IllegalStateException when it is not known, so that no rule holds by chance
   */
  @Override
  public InetAddress remoteAddress() {
    return addresses
        .of(request)
        .orElseThrow(() -> new IllegalStateException("the client's address is not known"));
  }

  @Override
  public String country() {
    return addresses.country(request);
  }

  @Override
  public long autonomousSystem() {
    return addresses.autonomousSystem(request);
  }

  @Override
  public List<String> headers(String name) {
    var values = new ArrayList<String>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is(name) && header.renderInRequests()) {
        values.add(header.value());
      }
    }
    return values;
  }

  @Override
  public List<String> headerNames() {
    var names = new ArrayList<String>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.renderInRequests()) {
        names.add(header.lowercaseName());
      }
    }
    return names;
  }
}
