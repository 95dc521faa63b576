package io.maitred.scheduler.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.maitred.common.ServiceId;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.service.model.ServiceDescription;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a ReplicaSet tells of its service, so that it can be taken over by whoever looks next: the
 * id and the description are annotations; the password is only where the instances have it.
 */
final class StoredSpec {
  private static final Logger LOG = LoggerFactory.getLogger(StoredSpec.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> PARAMETERS = new TypeReference<>() {};

  private StoredSpec() {}

  static String write(ServiceDescription description) {
    try {
      return JSON.writeValueAsString(description.parameters());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a description is plain JSON", e);
    }
  }

  /** A text as JSON. */
  static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text is plain JSON", e);
    }
  }

  /** Empty if it is not of Maitred's making. */
  static Optional<ServiceSpec> read(ReplicaSet set) {
    var annotations = set.getMetadata().getAnnotations();
    var id = annotations == null ? null : annotations.get(Labels.SERVICE_ID);
    var description = annotations == null ? null : annotations.get(Labels.DESCRIPTION);
    if (id == null || id.isBlank() || description == null) {
      return Optional.empty();
    }
    try {
      var parameters = JSON.readValue(description, PARAMETERS);
      return Optional.of(
          new ServiceSpec(new ServiceId(id), new ServiceDescription(parameters), password(set)));
    } catch (JsonProcessingException e) {
      LOG.warn("The description of {} cannot be read", id, e);
      return Optional.empty();
    }
  }

  private static String password(ReplicaSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().stream()
        .filter(container -> container.getName().equals(Labels.CONTAINER))
        .flatMap(container -> container.getEnv().stream())
        .filter(variable -> variable.getName().equals("WAITER_PASSWORD"))
        .findFirst()
        .map(variable -> variable.getValue() == null ? "" : variable.getValue())
        .orElse("");
  }
}
