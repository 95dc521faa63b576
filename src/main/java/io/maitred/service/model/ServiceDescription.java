package io.maitred.service.model;

import io.maitred.common.CborSerializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parameters of a service (contract waiter 5.1), sorted by name. Used for the core description,
 * which makes the service id, and for the effective one, in which every parameter with a default is
 * present.
 *
 * <p>Values are JSON trees of plain Java: String, Boolean, Integer, Long, Double, BigInteger, List,
 * Map. A number keeps its kind: {@code 1.0} is a Double, {@code 1} an Integer.
 */
public record ServiceDescription(Map<String, Object> parameters) implements CborSerializable {

  public ServiceDescription {
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  public @Nullable Object get(String name) {
    return parameters.get(name);
  }

  public @Nullable String string(String name) {
    return parameters.get(name) instanceof String s ? s : null;
  }

  /** The whole number of an effective description; throws when it is absent, which is a bug. */
  public int integer(String name) {
    return number(name).intValue();
  }

  /** The number of an effective description; throws when it is absent, which is a bug. */
  public double decimal(String name) {
    return number(name).doubleValue();
  }

  private Number number(String name) {
    if (parameters.get(name) instanceof Number n) {
      return n;
    }
    throw new IllegalStateException(name + ": " + parameters.get(name) + " (expected: a number)");
  }

  @SuppressWarnings("unchecked")
  public Map<String, Object> map(String name) {
    return parameters.get(name) instanceof Map<?, ?> m ? (Map<String, Object>) m : Map.of();
  }
}
