package io.maitred.waitingroom.expression;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request whose facts a test sets one by one. */
record TestRequest(
    String method,
    String host,
    String uri,
    boolean isSecure,
    String address,
    Map<String, List<String>> headerValues)
    implements RequestFacts {

  /** A plain request of a page. */
  static TestRequest get(String uri) {
    return new TestRequest("GET", "www.example.com", uri, true, "10.20.30.40", Map.of());
  }

  TestRequest from(String newAddress) {
    return new TestRequest(method, host, uri, isSecure, newAddress, headerValues);
  }

  TestRequest to(String newHost) {
    return new TestRequest(method, newHost, uri, isSecure, address, headerValues);
  }

  TestRequest with(String name, String value) {
    var headers = new LinkedHashMap<>(headerValues);
    var values = new ArrayList<>(headers.getOrDefault(name, List.of()));
    values.add(value);
    headers.put(name, values);
    return new TestRequest(method, host, uri, isSecure, address, headers);
  }

  @Override
  public String version() {
    return "HTTP/1.1";
  }

  @Override
  public InetAddress remoteAddress() {
    try {
      return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(address));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public String country() {
    return headers("x-country").stream().findFirst().orElse("");
  }

  @Override
  public long autonomousSystem() {
    return headers("x-asn").stream().findFirst().map(Long::parseLong).orElse(0L);
  }

  @Override
  public List<String> headers(String name) {
    return headerValues.getOrDefault(name, List.of());
  }

  @Override
  public List<String> headerNames() {
    return List.copyOf(headerValues.keySet());
  }
}
