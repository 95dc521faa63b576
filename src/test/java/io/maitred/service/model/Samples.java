package io.maitred.service.model;

import com.typesafe.config.ConfigFactory;
import io.maitred.common.Refusal;
import io.maitred.common.ServiceId;
import io.maitred.service.DescriptionSettings;
import io.maitred.service.HeaderJson;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Start values of the tests of descriptions and tokens, made with the shipped settings. */
public final class Samples {
  public static final DescriptionSettings SETTINGS = DescriptionSettings.from(ConfigFactory.load());
  public static final Set<String> HOSTNAMES = Set.of("localhost", "127.0.0.1");
  public static final Resolution RESOLUTION = SETTINGS.resolution(HOSTNAMES);

  private Samples() {}

  /** JSON with single quotes. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> json(String text) {
    var tree = new HeaderJson().parse(text.replace('\'', '"'));
    if (tree instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException("no JSON object: " + text);
  }

  /** A complete description that runs as alice. */
  public static Map<String, Object> complete() {
    return json("{'cmd':'run','cpus':1,'mem':128,'version':'v1','run-as-user':'alice'}");
  }

  /** {@link #complete} with these changes; a null value removes the key. */
  public static Map<String, Object> completeWith(String changes) {
    var all = new TreeMap<>(complete());
    json(changes)
        .forEach(
            (key, value) -> {
              if (value == null) {
                all.remove(key);
              } else {
                all.put(key, value);
              }
            });
    return all;
  }

  public static TokenDocument token(String name, String data) {
    return new TokenDocument(name, json(data));
  }

  /** A token table of these tokens. */
  public static Table table(TokenDocument... tokens) {
    var table = new Table();
    for (var token : tokens) {
      table.tokens.put(token.name(), token);
    }
    return table;
  }

  /** Headers from alternating names and values. */
  public static Map<String, String> headers(String... namesAndValues) {
    var headers = new LinkedHashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  /** Status and message in one line. */
  public static String line(Refusal refusal) {
    return refusal.status() + " " + refusal.message().replace("\n", " | ");
  }

  /** Tokens and stored services in memory. */
  public static final class Table implements TokenTable {
    public final Map<String, TokenDocument> tokens = new TreeMap<>();
    public final Map<ServiceId, ServiceDescription> services = new TreeMap<>();

    @Override
    public @Nullable TokenDocument token(String name) {
      return tokens.get(name);
    }

    @Override
    public Collection<TokenDocument> all() {
      return List.copyOf(tokens.values());
    }
  }
}
