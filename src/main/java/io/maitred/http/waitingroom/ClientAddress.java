package io.maitred.http.waitingroom;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import com.typesafe.config.Config;
import io.maitred.common.AddressRange;
import io.maitred.common.ConfigReader;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the address of a client: that of the connection, or, when a trusted proxy is at its other
 * end, the last one in {@code x-forwarded-for} that is no trusted proxy's.
 */
public final class ClientAddress {
  private static final int MAX_DIGITS = 10;

  private final List<AddressRange> trusted;
  private final String countryHeader;
  private final String systemHeader;

  /**
   * @param trusted where the proxies are
   * @param countryHeader header, in lower case, in which they tell the client's country; empty for
   *     none
   * @param systemHeader header, in lower case, in which they tell the number of the client's
   *     autonomous system; empty for none
   */
  public ClientAddress(List<AddressRange> trusted, String countryHeader, String systemHeader) {
    this.trusted = List.copyOf(trusted);
    this.countryHeader = countryHeader;
    this.systemHeader = systemHeader;
  }

  /**
   * @param config the whole configuration
   * @throws io.maitred.common.InvalidSettingException for what is no address or network
   */
  public static ClientAddress from(Config config) {
    var reader = new ConfigReader(config, "maitred.waiting-room.client-address");
    var trusted = new ArrayList<AddressRange>();
    for (var text : reader.strings("trusted-proxies")) {
      trusted.add(
          AddressRange.of(text)
              .orElseThrow(
                  () -> reader.invalid("trusted-proxies", text, "addresses or networks in CIDR")));
    }
    return new ClientAddress(
        trusted,
        reader.string("country-header").toLowerCase(Locale.ROOT),
        reader.string("autonomous-system-header").toLowerCase(Locale.ROOT));
  }

  /** The address; empty when the connection tells none, or a trusted proxy tells nonsense. */
  public Optional<InetAddress> of(HttpRequest request) {
    var peer = request.getAttribute(AttributeKeys.remoteAddress).flatMap(RemoteAddress::getAddress);
    if (peer.isEmpty() || !isTrusted(peer.get())) {
      return peer;
    }
    var way = forwardedFor(request);
    for (int i = way.size() - 1; i >= 0; i--) {
      var address = AddressRange.address(way.get(i));
      if (address.isEmpty() || !isTrusted(address.get())) {
        return address;
      }
    }
    return peer;
  }

  /** The client's country as a trusted proxy tells it, in upper case; empty when none does. */
  String country(HttpRequest request) {
    return told(request, countryHeader).toUpperCase(Locale.ROOT);
  }

  /** The client's autonomous system as a trusted proxy tells it; 0 when none does. */
  long autonomousSystem(HttpRequest request) {
    var number = told(request, systemHeader);
    return number.matches("[0-9]+") && number.length() <= MAX_DIGITS ? Long.parseLong(number) : 0;
  }

  private String told(HttpRequest request, String name) {
    return name.isEmpty() || peer(request).filter(this::isTrusted).isEmpty()
        ? ""
        : request.getHeader(name).map(header -> header.value().trim()).orElse("");
  }

  private static Optional<InetAddress> peer(HttpRequest request) {
    return request.getAttribute(AttributeKeys.remoteAddress).flatMap(RemoteAddress::getAddress);
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(range -> range.contains(address));
  }

  private static List<String> forwardedFor(HttpRequest request) {
    var way = new ArrayList<String>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.is("x-forwarded-for")) {
        for (var address : header.value().split(",", -1)) {
          way.add(address.trim());
        }
      }
    }
    return way;
  }
}
