package io.maitred.scheduler.kubernetes.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.common.ServiceId;
import java.util.HashSet;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesNamesTest {
  private static final String PREFIX = "waiter-service-";
  private static final String HASH = "e8b625cc83c411e8974c38d5474b213d";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          case,                          id,                                                                      max, app
          name and hash,                 waiter-service-myapp-e8b625cc83c411e8974c38d5474b213d,                    63, myapp-e8b625cc83c411e8974c38d5474b213d
          no name,                       waiter-service-e8b625cc83c411e8974c38d5474b213d,                          63, e8b625cc83c411e8974c38d5474b213d
          long name is cut,              waiter-service-abcdefghijklmnopqrstuvwxyz-e8b625cc83c411e8974c38d5474b213d, 63, abcdefghijklmnopqrstuvwx-e8b625cc83c411e8974c38d5474b213d
          48 available: whole hash,      waiter-service-abcdefghijklmnopqrstuvwxyz-e8b625cc83c411e8974c38d5474b213d, 54, abcdefghijklmno-e8b625cc83c411e8974c38d5474b213d
          47 available: short hash,      waiter-service-myapp-e8b625cc83c411e8974c38d5474b213d,                    53, myapp-e8b625cc474b213d
          little place,                  waiter-service-myapp-e8b625cc83c411e8974c38d5474b213d,                    24, m-e8b625cc474b213d
          other prefix stays,            other-myapp-e8b625cc83c411e8974c38d5474b213d,                             63, other-myapp-e8b625cc83c411e8974c38d5474b213d
          no hash: one is made,          web,                                                                      63, web-2567a5ec9705eb7ac2c984033e06189d
          letters that are not allowed,  Web_1.x,                                                                  63, web-1-x-fcf9cffdc6ba4ad4ba4a5de1e8cd7f5b
          """)
  void app(String name, String id, int max, String app) {
    var made = KubernetesNames.app(new ServiceId(id), PREFIX, max);
    if (!id.contains(HASH)) {
      assertEquals(
          app.substring(0, app.lastIndexOf('-')), made.substring(0, made.lastIndexOf('-')));
      assertTrue(made.matches(".*-[0-9a-f]{32}"), made);
      return;
    }
    assertEquals(app, made);
  }

  @Test
  void apps_areValidAndDifferent() {
    long seed = 11;
    var random = new Random(seed);
    var valid = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    var all = new HashSet<String>();
    for (int i = 0; i < 5_000; i++) {
      var text = new StringBuilder();
      for (int length = 1 + random.nextInt(90); length > 0; length--) {
        text.append("abcXYZ019-_.".charAt(random.nextInt(12)));
      }
      var id = new ServiceId(text.toString());
      int max = 24 + random.nextInt(40);
      var app = KubernetesNames.app(id, PREFIX, max);
      assertTrue(valid.matcher(app).matches(), () -> "seed " + seed + ": " + id + " is " + app);
      assertTrue(app.length() + KubernetesNames.POD_SUFFIX <= max, () -> seed + ": " + app);
      all.add(KubernetesNames.app(id, PREFIX, 63));
    }
    assertTrue(all.size() > 4_500, "short ids repeat, others do not: " + all.size());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          text,              label
          alice,             alice
          alice@example.com, alice-example.com
          _x_,               x
          a b,               a-b
          """)
  void label(String text, String label) {
    assertEquals(label, KubernetesNames.label(text));
  }

  @Test
  void port_isOneOfAHundred() {
    var random = new Random(3);
    var ports = new HashSet<Integer>();
    for (int i = 0; i < 3_000; i++) {
      int port = KubernetesNames.port(new ServiceId("s" + random.nextLong()), 31_000);
      assertTrue(port >= 31_000 && port <= 31_990 && port % 10 == 0, "" + port);
      ports.add(port);
    }
    assertEquals(100, ports.size());
  }
}
