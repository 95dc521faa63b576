package io.maitred.node;

import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;

/** The routes of the API with the parts that they serve. */
final class ApiRoutes extends AllDirectives {
  private final Wiring parts;

  ApiRoutes(Wiring parts) {
    this.parts = parts;
  }

  Route routes() {
    return reject();
  }
}
