package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import com.typesafe.config.Config;
import io.maitred.common.ConfigReader;
import io.maitred.common.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tokens of this installation, and the three forms in which clients send one (21.2). */
final class ApiTokens {
  private static final int RANDOM_BYTES = 30;
  private static final int MIN_LENGTH = 16;
  private static final String BEARER = "bearer ";

  private final List<ApiToken> tokens;

  private ApiTokens(List<ApiToken> tokens) {
    this.tokens = List.copyOf(tokens);
  }

  /**
   * The tokens of the configuration, and the one of {@link #file}, which is made when it is
   * missing. That one is not restricted.
   *
   * @throws io.maitred.common.InvalidSettingException when the file cannot be read or made
   */
  static ApiTokens from(Config config, ApiSettings settings) {
    var all = new ArrayList<>(settings.tokens());
    var file = file(config);
    try {
      all.add(ApiToken.unrestricted(kept(file)));
    } catch (IOException | UncheckedIOException e) {
      throw new ConfigReader(config, "maitred")
          .invalid(
              "data-dir", file + " (" + e + ")", "a directory whose secrets can be read or made");
    }
    return new ApiTokens(all);
  }

  static ApiTokens of(List<ApiToken> tokens) {
    return new ApiTokens(tokens);
  }

  /** Where the token that was made at the first start is kept. */
  static Path file(Config config) {
    var directory = Path.of(new ConfigReader(config, "maitred").nonBlank("data-dir"));
    return directory.toAbsolutePath().normalize().resolve("secrets").resolve("api-token");
  }

  private static String kept(Path file) throws IOException {
    var token =
        new String(SecretFile.readOrCreate(file, ApiTokens::fresh), StandardCharsets.UTF_8).trim();
    if (token.length() < MIN_LENGTH) {
      throw new IOException(file + ": shorter than " + MIN_LENGTH + " characters");
    }
    return token;
  }

  private static byte[] fresh(SecureRandom random) {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encode(bytes);
  }

  /** What the sender of a request may do; empty when none of its credentials is known. */
  Optional<Access> authenticate(HttpRequest request) {
    String bearer = null;
    String email = null;
    String key = null;
    String service = null;
    for (HttpHeader header : request.getHeaders()) {
      switch (header.lowercaseName()) {
        case "authorization" -> bearer = header.value();
        case "x-auth-email" -> email = header.value();
        case "x-auth-key" -> key = header.value();
        case "x-auth-user-service-key" -> service = header.value();
        default -> {}
      }
    }
    boolean named = email != null && !email.isBlank();
    for (var given : new @Nullable String[] {bearer(bearer), named ? key : null, service}) {
      var access = find(given);
      if (access.isPresent()) {
        return access;
      }
    }
    return Optional.empty();
  }

  private static @Nullable String bearer(@Nullable String authorization) {
    return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? authorization.substring(BEARER.length())
        : null;
  }

  /** Looks at every token, so that the time tells nothing. */
  private Optional<Access> find(@Nullable String given) {
    if (given == null) {
      return Optional.empty();
    }
    var digest = ApiToken.digest(given.trim());
    Access found = null;
    for (var token : tokens) {
      if (token.hasDigest(digest)) {
        found = token.access();
      }
    }
    return Optional.ofNullable(found);
  }
}
