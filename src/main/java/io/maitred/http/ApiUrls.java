package io.maitred.http;

import io.maitred.common.ServiceId;
import io.maitred.service.model.Instance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * URLs of the API that responses give out.
 *
 * @param base scheme and authority, for instance {@code http://localhost:9091}
 */
public record ApiUrls(String base) {

  public static ApiUrls of(HttpSettings settings) {
    return new ApiUrls("http://" + settings.hostname() + ":" + settings.port());
  }

  public String service(ServiceId id) {
    return base + "/apps/" + id;
  }

  /** The instance's log files. */
  public String logs(Instance instance) {
    return service(instance.serviceId())
        + "/logs?instance-id="
        + encoded(instance.id().value())
        + "&host="
        + encoded(instance.host());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
