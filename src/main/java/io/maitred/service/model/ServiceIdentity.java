package io.maitred.service.model;

import io.maitred.common.ServiceId;
import java.util.Locale;
import java.util.regex.Pattern;

/** The id that a core description makes (contract waiter 5.5). */
public final class ServiceIdentity {
  private static final Pattern OUTSIDE_NAME = Pattern.compile("[^a-z0-9]");

  private ServiceIdentity() {}

  /**
   * Prefix, the description's name reduced to lower-case letters and digits, and 32 hex digits over
   * its parameters.
   */
  public static ServiceId idOf(ServiceDescription core, String prefix) {
    var name = core.string("name");
    var label =
        name == null
            ? ""
            : OUTSIDE_NAME.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("") + "-";
    return new ServiceId(prefix + label + CanonicalTree.md5(core.parameters()));
  }
}
