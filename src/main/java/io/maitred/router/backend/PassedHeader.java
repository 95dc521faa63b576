package io.maitred.router.backend;

import akka.http.javadsl.model.headers.ModeledCustomHeader;

/**
 * A response header that goes out exactly as given. Akka HTTP drops a raw header of some names
 * ({@code server}, {@code content-type}, {@code content-length}), but renders a custom one.
 */
public final class PassedHeader extends ModeledCustomHeader {
  public PassedHeader(String name, String value) {
    super(name, value);
  }

  @Override
  public boolean renderInRequests() {
    return true;
  }

  @Override
  public boolean renderInResponses() {
    return true;
  }
}
