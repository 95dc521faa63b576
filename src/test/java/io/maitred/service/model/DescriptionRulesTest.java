package io.maitred.service.model;

import static io.maitred.service.model.Samples.SETTINGS;
import static io.maitred.service.model.Samples.completeWith;
import static io.maitred.service.model.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptionRulesTest {
  private static final String GENERAL =
      "Service description using waiter headers/token improperly configured | ";
  private final DescriptionRules rules = SETTINGS.rules();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {'cmd':null}                          ~ cmd must be a non-empty string
          {'cmd':' '}                           ~ cmd must be a non-empty string
          {'cmd':5}                             ~ cmd must be a non-empty string
          {'cpus':null}                         ~ cpus must be a positive number
          {'cpus':0}                            ~ cpus must be a positive number
          {'cpus':'1'}                          ~ cpus must be a positive number
          {'cpus':-0.5}                         ~ cpus must be a positive number
          {'mem':null}                          ~ mem must be a positive number
          {'mem':0.0}                           ~ mem must be a positive number
          {'version':null}                      ~ version must be a non-empty string
          {'version':1.0}                       ~ version must be a non-empty string
          {'cpus':null,'mem':null}              ~ cpus must be a positive number | mem must be a positive number
          {'run-as-user':''}                    ~ run-as-user must be a non-empty string
          {'run-as-user':7}                     ~ run-as-user must be a non-empty string
          {'allowed-params':'A'}                ~ allowed-params must be a list of environment variable names.
          {'allowed-params':['1A','B']}         ~ The following allowed-params are invalid: 1A.
          {'allowed-params':['HOME']}           ~ The following allowed-params are reserved: HOME.
          {'authentication':''}                 ~ authentication must be a non-empty string
          {'backend-proto':'ftp'}               ~ backend-proto must be one of h2, h2c, http, or https.
          {'cmd-type':''}                       ~ cmd-type must be a non-empty string
          {'concurrency-level':0}               ~ concurrency-level must be an integer in the range [1, 10000].
          {'concurrency-level':10001}           ~ concurrency-level must be an integer in the range [1, 10000].
          {'concurrency-level':1.0}             ~ concurrency-level must be an integer in the range [1, 10000].
          {'distribution-scheme':'fair'}        ~ distribution-scheme must be one of balanced or simple.
          {'env':5}                             ~ env must be a map with at most 99 entries.
          {'env':{'1A':'x'}}                    ~ The following environment variable keys are invalid: 1A.
          {'env':{'A-B':'x','C.D':'y'}}         ~ The following environment variable keys are invalid: A-B, C.D.
          {'env':{'HOME':'x','PORT0':'y'}}      ~ The following environment variable keys are reserved: HOME, PORT0.
          {'env':{'MESOS_X':'x'}}               ~ The following environment variable keys are reserved: MESOS_X.
          {'env':{'MARATHON_X':'x'}}            ~ The following environment variable keys are reserved: MARATHON_X.
          {'env':{'WAITER_X':'x'}}              ~ The following environment variable keys are reserved: WAITER_X.
          {'env':{'A':1}}                       ~ The following environment variables did not have string values: A.
          {'env':{'A':''}}                      ~ The following environment variables did not have values of 1 to 512 characters: A.
          {'expired-instance-restart-rate':0}   ~ expired-instance-restart-rate must be a double in the range (0, 1].
          {'grace-period-secs':3601}            ~ grace-period-secs must be an integer in the range [0, 3600].
          {'health-check-authentication':'x'}   ~ health-check-authentication must be one of 'disabled' or 'standard'.
          {'health-check-interval-secs':4}      ~ health-check-interval-secs must be an integer in the range [5, 600].
          {'health-check-max-consecutive-failures':37} ~ health-check-max-consecutive-failures must be an integer in the range [1, 36].
          {'health-check-port-index':10}        ~ health-check-port-index must be an integer in the range [0, 9].
          {'health-check-proto':'ftp'}          ~ health-check-proto must be one of h2, h2c, http, or https.
          {'health-check-url':''}               ~ health-check-url must be a non-empty string
          {'idle-timeout-mins':-1}              ~ idle-timeout-mins must be an integer in the range [0, 43200].
          {'idle-timeout-mins':43201}           ~ idle-timeout-mins must be an integer in the range [0, 43200].
          {'image':''}                          ~ image must be a non-empty string
          {'instance-expiry-mins':-1}           ~ instance-expiry-mins must be a non-negative integer.
          {'interstitial-secs':3601}            ~ interstitial-secs must be an integer in the range [0, 3600].
          {'jitter-threshold':1}                ~ jitter-threshold must be a double in the range [0, 1).
          {'liveness-check-interval-secs':601}  ~ liveness-check-interval-secs must be an integer in the range [5, 600].
          {'liveness-check-url':''}             ~ liveness-check-url must be a non-empty string
          {'load-balancing':'newest'}           ~ load-balancing must be one of 'oldest', 'youngest' or 'random'.
          {'max-instances':0}                   ~ max-instances must be between 1 and 2000.
          {'max-instances':2001}                ~ max-instances must be between 1 and 2000.
          {'min-instances':0}                   ~ min-instances must be between 1 and 2000.
          {'max-queue-length':0}                ~ max-queue-length must be a positive integer.
          {'metadata':[]}                       ~ metadata must be a map with at most 99 entries.
          {'metadata':{'1a':'x'}}               ~ The following metadata keys are invalid: 1a.
          {'metadata':{'a':1}}                  ~ The following metadata keys did not have string values: a.
          {'metadata':{'a':''}}                 ~ The following metadata keys did not have values of 1 to 999 characters: a.
          {'metric-group':'a'}                  ~ metric-group must have 2 to 32 characters: lower-case letters and digits, a letter first, words separated by a single dash or underscore.
          {'metric-group':'a--b'}               ~ metric-group must have 2 to 32 characters: lower-case letters and digits, a letter first, words separated by a single dash or underscore.
          {'name':''}                           ~ name must be a non-empty string
          {'namespace':''}                      ~ namespace must be a non-empty string
          {'permitted-user':''}                 ~ permitted-user must be a non-empty string
          {'ports':0}                           ~ ports must be an integer in the range [1, 10].
          {'ports':11}                          ~ ports must be an integer in the range [1, 10].
          {'restart-backoff-factor':0.9}        ~ restart-backoff-factor must be a number greater than or equal to 1.
          {'routing-mode':'x'}                  ~ routing-mode must be one of default, waiter-router, headless, ingress-distributed, or ingress-centralized.
          {'scale-down-factor':1}               ~ scale-down-factor must be a double in the range (0, 1).
          {'scale-factor':2.1}                  ~ scale-factor must be a double in the range (0, 2].
          {'scale-factor':0}                    ~ scale-factor must be a double in the range (0, 2].
          {'scale-up-factor':0}                 ~ scale-up-factor must be a double in the range (0, 1).
          {'scheduler':''}                      ~ scheduler must be a non-empty string
          {'termination-grace-period-secs':301} ~ termination-grace-period-secs must be an integer in the range [0, 300].
          """)
  void parameters_outOfRange_areNamedInLines(String changes, String expected) {
    assertEquals("400 " + GENERAL + expected, refusalOf(completeWith(changes)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {'cpus':100}                          ~ The following fields exceed their allowed limits: cpus is 100 but the max allowed is 32
          {'cpus':32.5,'mem':131073}            ~ The following fields exceed their allowed limits: cpus is 32.5 but the max allowed is 32, mem is 131073 but the max allowed is 131072
          {'min-instances':3,'max-instances':2} ~ min-instances (3) must be less than or equal to max-instances (2)
          {'cmd-type':'x'}                      ~ Command type x is not supported
          {'authentication':'kerberos'}         ~ authentication must be one of: 'disabled', 'standard'
          {'authentication':'disabled','health-check-authentication':'standard'} ~ The health check authentication (standard) cannot be enabled when authentication is disabled
          {'authentication':'disabled','liveness-check-authentication':'standard'} ~ The liveness check authentication (standard) cannot be enabled when authentication is disabled
          {'health-check-port-index':1}         ~ The health check port index (1) must be smaller than ports (1)
          {'liveness-check-port-index':2,'ports':2} ~ The liveness check port index (2) must be smaller than ports (2)
          {'health-check-proto':'https'}        ~ The backend-proto (http) and the health check proto (https) must match when the health check port index is zero
          {'liveness-check-proto':'h2c'}        ~ The backend-proto (http) and the liveness check proto (h2c) must match when the liveness check port index is zero
          {'namespace':'bob'}                   ~ Service namespace must either be omitted or match the run-as-user
          {'profile':'service'}                 ~ Unsupported profile: service, there are no supported profiles
          """)
  void parameters_thatContradict_haveTheirOwnMessage(String changes, String expected) {
    assertEquals("400 " + expected, refusalOf(completeWith(changes)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {}
          {'run-as-user':null}
          {'cpus':0.1,'mem':131072,'scale-factor':2,'scale-up-factor':0.999,'jitter-threshold':0}
          {'idle-timeout-mins':0,'instance-expiry-mins':0,'grace-period-secs':0,'interstitial-secs':0}
          {'env':{'WAITER_CONFIG_X':'1','a_B9':'x','PORTX':'y'},'metadata':{'Foo':'x','a-b':'y'}}
          {'ports':2,'health-check-port-index':1,'health-check-proto':'https'}
          {'backend-proto':'https','health-check-proto':'https'}
          {'namespace':'alice','metric-group':'ab_c-d','name':'Some Name','cmd-type':'docker'}
          {'max-instances':2000,'min-instances':2000,'concurrency-level':10000}
          {'allowed-params':[],'authentication':'disabled','restart-backoff-factor':1}
          """)
  void descriptions_withinTheRules_areAccepted(String changes) {
    assertTrue(rules.check(completeWith(changes)).isEmpty());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          'http://10.0.0.1'
          'http://10.0.0.1:8080','https://10.0.0.1:8443'
          'HTTPS://Www.Example.COM','http://my_app:80','http://a.b.c.'
          'http://[::1]:8080','https://[2001:db8::7]','http://[::ffff:10.0.0.1]:1'
          'http://localhost:65535'
          """)
  void fixedServices_needOnlyBackends(String backends) {
    assertEquals("accepted", refusalOf(fixed("[" + backends + "]", "")));
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          null                             ~ `` ~ backends must be a list of 1 to 100 URLs.
          'http://a'                       ~ `` ~ backends must be a list of 1 to 100 URLs.
          {'a':'http://a'}                 ~ `` ~ backends must be a list of 1 to 100 URLs.
          []                               ~ `` ~ backends must be a list of 1 to 100 URLs.
          [5]                              ~ `` ~ backends must be a list of non-empty strings.
          ['http://a',null]                ~ `` ~ backends must be a list of non-empty strings.
          ['']                             ~ `` ~ backends must be a list of non-empty strings.
          ['a:8080']                       ~ `` ~ The following backends are not absolute http or https URLs: a:8080.
          ['ftp://a','//a','http:a']       ~ `` ~ The following backends are not absolute http or https URLs: ftp://a, //a, http:a.
          ['http://']                      ~ `` ~ The following backends are not absolute http or https URLs: http://.
          [' http://a']                    ~ `` ~ The following backends are not absolute http or https URLs:  http://a.
          ['http://a/']                    ~ `` ~ The following backends must not have a path, a query or a fragment: http://a/.
          ['http://a/b','http://a?b=c','http://a#d'] ~ `` ~ The following backends must not have a path, a query or a fragment: http://a/b, http://a?b=c, http://a#d.
          ['http://me:secret@a']           ~ `` ~ The following backends must not have a user or a password: http://***@a.
          ['http://me:s@cret@a/b']         ~ `` ~ The following backends must not have a user or a password: http://***@a/b.
          ['http://a:0']                   ~ `` ~ The following backends have an invalid host or port: http://a:0.
          ['http://a:65536','http://a:']   ~ `` ~ The following backends have an invalid host or port: http://a:65536, http://a:.
          ['http://a:-1','http://a:x']     ~ `` ~ The following backends have an invalid host or port: http://a:-1, http://a:x.
          ['http://-a','http://a..b']      ~ `` ~ The following backends have an invalid host or port: http://-a, http://a..b.
          ['http://a b']                   ~ `` ~ The following backends have an invalid host or port: http://a b.
          ['http://10.0.0','http://10.0.0.256','http://2130706433'] ~ `` ~ The following backends have an invalid host or port: http://10.0.0, http://10.0.0.256, http://2130706433.
          ['http://::1:80','http://[::1','http://[a]','http://[fe80::1%25eth0]'] ~ `` ~ The following backends have an invalid host or port: http://::1:80, http://[::1, http://[a], http://[fe80::1%25eth0].
          ['http://a','HTTP://A:80']       ~ `` ~ The following backends are listed more than once: HTTP://A:80.
          ['x','http://a','http://a']      ~ `` ~ The following backends are not absolute http or https URLs: x. | The following backends are listed more than once: http://a.
          ['http://a']                     ~ 'cpus':0 ~ cpus must be a positive number
          ['http://a']                     ~ 'version':'' ~ version must be a non-empty string
          """)
  void fixedServices_wrongParameters_areNamedInLines(
      String backends, String more, String expected) {
    assertEquals("400 " + GENERAL + expected, refusalOf(fixed(backends, more)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {'backends':['http://a'],'cmd':'x','cpus':1,'mem':1,'version':'1'} ~ backends can only be used with scheduler fixed
          {'scheduler':'fixed','backends':['http://a'],'backend-proto':'h2c'} ~ backend-proto must be http or https with scheduler fixed: each backend's URL says which
          {'scheduler':'fixed','backends':['http://a'],'ports':2} ~ ports must be 1 with scheduler fixed: each backend's URL says which
          {'scheduler':'fixed','backends':['http://a'],'cpus':33} ~ The following fields exceed their allowed limits: cpus is 33 but the max allowed is 32
          """)
  void fixedServices_contradictions_haveTheirOwnMessage(String core, String expected) {
    assertEquals("400 " + expected, refusalOf(json(core)));
  }

  @Test
  void backends_areAtMostHundred_andManyMistakesAreShortened() {
    var urls = IntStream.rangeClosed(1, 101).mapToObj(i -> "'http://a" + i + "'").toList();

    assertEquals(
        "accepted", refusalOf(fixed("[" + String.join(",", urls.subList(0, 100)) + "]", "")));
    assertEquals(
        "400 " + GENERAL + "backends must be a list of 1 to 100 URLs.",
        refusalOf(fixed("[" + String.join(",", urls) + "]", "")));
    var wrong = IntStream.range(0, 50).mapToObj(i -> "'" + i + "x".repeat(1000) + "'").toList();
    assertTrue(refusalOf(fixed("[" + String.join(",", wrong) + "]", "")).length() < 1500);
  }

  @Test
  void fixedTemplate_withoutBackends_isAMistake_andBackendsWithoutItToo() {
    assertTrue(rules.checkTemplate(json("{'scheduler':'fixed'}")).isPresent());
    assertTrue(rules.checkTemplate(json("{'backends':['http://a']}")).isPresent());
    assertTrue(
        rules.checkTemplate(json("{'scheduler':'fixed','backends':['http://a']}")).isEmpty());
  }

  private static Map<String, Object> fixed(String backends, String more) {
    return json(
        "{'scheduler':'fixed','backends':" + backends + (more.isEmpty() ? "" : "," + more) + "}");
  }

  @Test
  void cmd_tooLong_isBeyondTheLimits() {
    var long_ = completeWith("{'cmd':'" + "x".repeat(1201) + "'}");

    assertEquals(
        "400 The following fields exceed their allowed limits: cmd must be at most 1200 characters",
        refusalOf(long_));
    assertTrue(rules.check(completeWith("{'cmd':'" + "x".repeat(1200) + "'}")).isEmpty());
  }

  @Test
  void env_ofHundredEntries_isTooLarge() {
    var entries =
        IntStream.range(0, 100).mapToObj(i -> "'A" + i + "':'x'").collect(Collectors.joining(","));

    assertEquals(
        "400 " + GENERAL + "env must be a map with at most 99 entries.",
        refusalOf(completeWith("{'env':{" + entries + "}}")));
  }

  @Test
  void unsupportedAuthentication_hasItsErrorClass() {
    var refusal = rules.check(completeWith("{'authentication':'x'}")).orElseThrow();
    var other = rules.check(completeWith("{'cpus':0}")).orElseThrow();

    assertEquals("waiter.UnsupportedAuth", refusal.details().get("error-class"));
    assertEquals("waiter.ServiceMisconfigured", other.details().get("error-class"));
    assertEquals("service-description-error", other.details().get("error-cause"));
  }

  @Test
  void templates_mayLackRequiredParameters() {
    assertTrue(rules.checkTemplate(json("{'cpus':1}")).isEmpty());
    assertTrue(rules.checkTemplate(Map.of()).isEmpty());
    assertTrue(rules.checkTemplate(json("{'namespace':'bob'}")).isEmpty());
    assertTrue(rules.checkTemplate(json("{'cpus':0}")).isPresent());
    assertEquals(
        "400 Cannot use run-as-requester with a specific namespace",
        Samples.line(
            rules.checkTemplate(json("{'run-as-user':'*','namespace':'bob'}")).orElseThrow()));
  }

  @Test
  void overrides_areRestrictedAndChecked() {
    var core = Samples.complete();

    assertTrue(rules.checkOverrides(core, json("{'max-instances':5}")).isEmpty());
    assertEquals(
        "400 Cannot override the following parameter(s): cmd, mem",
        Samples.line(rules.checkOverrides(core, json("{'mem':1,'cmd':'x'}")).orElseThrow()));
    assertTrue(rules.checkOverrides(core, json("{'max-instances':0}")).isPresent());
  }

  private String refusalOf(Map<String, Object> core) {
    return rules.check(core).map(Samples::line).orElse("accepted");
  }
}
