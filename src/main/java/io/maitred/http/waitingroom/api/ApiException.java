package io.maitred.http.waitingroom.api;

import java.util.List;
import java.util.Map;

/** A call that is answered with an error on purpose. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Explains what tokens may do, there as here. */
  private static final String RESTRICTIONS =
      "https://developers.cloudflare.com/fundamentals/api/reference/permissions/";

  private final int status;
  private final transient List<ApiError> errors;
  private final transient Map<String, String> headers;

  private ApiException(int status, List<ApiError> errors, Map<String, String> headers) {
    // no stack trace: this is an answer, not a defect
    super(errors.get(0).message(), null, false, false);
    this.status = status;
    this.errors = List.copyOf(errors);
    this.headers = Map.copyOf(headers);
  }

  /** 400 with everything that is wrong, at least one error. */
  static ApiException invalid(List<ApiError> errors) {
    return new ApiException(400, errors, Map.of());
  }

  static ApiException invalid(String message, String pointer) {
    return invalid(List.of(ApiError.at(pointer, ApiError.INVALID, message + ": invalid data")));
  }

  /** 400: the body, or a header, cannot be read at all. */
  static ApiException malformed(String message) {
    return of(400, ApiError.MALFORMED, message);
  }

  /** 404: no such room, event, rule or page. */
  static ApiException notFound() {
    return of(404, ApiError.NOT_FOUND, "Object not found.");
  }

  static ApiException noRoute() {
    return of(404, ApiError.NO_ROUTE, "Could not route to this path, or no such zone or account.");
  }

  static ApiException noMethod(String method) {
    return of(405, ApiError.NO_METHOD, "Method " + method + " not available for that URI.");
  }

  static ApiException unauthorized() {
    return new ApiException(
        401,
        List.of(ApiError.of(ApiError.AUTHENTICATION, "Authentication error")),
        Map.of("www-authenticate", "Bearer"));
  }

  static ApiException forbidden() {
    return new ApiException(
        403,
        List.of(
            new ApiError(
                ApiError.AUTHENTICATION,
                "The token is not permitted to do this",
                null,
                RESTRICTIONS)),
        Map.of());
  }

  static ApiException tooMany(String message, int retryAfterSeconds) {
    return new ApiException(
        429,
        List.of(ApiError.of(ApiError.TOO_MANY, message)),
        Map.of("retry-after", Integer.toString(retryAfterSeconds)));
  }

  static ApiException of(int status, int code, String message) {
    return new ApiException(status, List.of(ApiError.of(code, message)), Map.of());
  }

  int status() {
    return status;
  }

  List<ApiError> errors() {
    return errors;
  }

  Map<String, String> headers() {
    return headers;
  }
}
