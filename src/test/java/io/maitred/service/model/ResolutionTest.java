package io.maitred.service.model;

import static io.maitred.service.model.Samples.RESOLUTION;
import static io.maitred.service.model.Samples.SETTINGS;
import static io.maitred.service.model.Samples.headers;
import static io.maitred.service.model.Samples.json;
import static io.maitred.service.model.Samples.table;
import static io.maitred.service.model.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.maitred.service.HeaderJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolutionTest {
  private static final String COMPLETE =
      "'cmd':'run','cpus':1,'mem':128,'version':'v1','run-as-user':'bob','owner':'bob'";
  private static final String USERLESS = "'cmd':'run','cpus':1,'mem':128,'version':'v1'";

  private static final String SITE =
      "'scheduler':'fixed','backends':['http://10.0.0.1:8080','https://b']";

  private final Samples.Table tokens =
      table(
          token("full", "{" + COMPLETE + ",'env':{'A':'1','B':'1'},'metadata':{'Team':'x'}}"),
          token("twin", "{" + COMPLETE + ",'env':{'A':'1','B':'1'},'metadata':{'Team':'x'}}"),
          token("userless", "{" + USERLESS + ",'owner':'bob','permitted-user':'carol'}"),
          token("star", "{" + USERLESS + ",'run-as-user':'*','owner':'bob'}"),
          token("star-ns", "{" + USERLESS + ",'run-as-user':'*','namespace':'bob'}"),
          token("ns", "{" + USERLESS + ",'namespace':'*'}"),
          token("params", "{" + COMPLETE + ",'allowed-params':['FOO','BAR'],'env':{'FOO':'1'}}"),
          token("gone", "{" + COMPLETE + ",'deleted':true}"),
          token("over", "{'cpus':2,'env':{'B':'2','C':'2'},'metadata':{'x':'y'}}"),
          token("bad", "{" + COMPLETE + ",'max-instances':0}"),
          token("facts", "{'owner':'bob','queue-timeout-ms':5}"),
          token("site", "{" + SITE + ",'owner':'bob'}"),
          token(
              "open-site",
              "{" + SITE + ",'owner':'bob','authentication':'disabled','permitted-user':'*'}"),
          token("open", "{" + COMPLETE + ",'authentication':'disabled','permitted-user':'*'}"),
          token("mine", "{" + COMPLETE + ",'service-mapping':'exclusive'}"),
          token("later", "{" + COMPLETE + ",'service-mapping':'default','last-update-time':9}"),
          token("closed", "{" + COMPLETE + ",'name':'n','maintenance':{'message':'back at noon'}}"),
          token("Mixed.Case", "{" + COMPLETE + "}"),
          token("two", "{" + COMPLETE + "}"),
          token("TWO", "{" + COMPLETE + "}"));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          nothing at all            ~ localhost ~ -                          ~ 400 Unable to identify service using waiter headers/token
          unknown host              ~ nobody    ~ -                          ~ 400 Unable to identify service using waiter headers/token
          no host                   ~ -         ~ -                          ~ 400 Unable to identify service using waiter headers/token
          soft-deleted host         ~ gone      ~ -                          ~ 400 Unable to identify service using waiter headers/token
          metadata only             ~ facts     ~ -                          ~ 400 Unable to identify service using waiter headers/token
          two hosts ignoring case   ~ tWo       ~ -                          ~ 400 Unable to identify service using waiter headers/token
          unknown token             ~ full      ~ token=nope                 ~ 404 Token not found: nope
          soft-deleted token        ~ full      ~ token=gone                 ~ 404 Token not found: gone
          token in another case     ~ full      ~ token=FULL                 ~ 404 Token not found: FULL
          one of a list unknown     ~ full      ~ token=full, nope           ~ 404 Token not found: nope
          unknown service           ~ full      ~ token=^SERVICE-ID#x        ~ 404 Token not found: ^SERVICE-ID#x
          no service named          ~ full      ~ token=^SERVICE-ID#         ~ 404 Token not found: ^SERVICE-ID#
          unsupported header        ~ full      ~ maintenance=x              ~ 400 Unsupported waiter headers found
          authentication by header  ~ full      ~ authentication=disabled    ~ 400 An authentication parameter is not supported for on-the-fly headers
          open token with a header  ~ open      ~ cpus=2                     ~ 400 An authentication disabled token may not be combined with on-the-fly headers
          param not allowed         ~ params    ~ param-qux=1                ~ 400 Some params cannot be configured
          param, nothing allowed    ~ full      ~ param-foo=1                ~ 400 Some params cannot be configured
          idle timeout of zero      ~ full      ~ idle-timeout-mins=0        ~ 400 idle-timeout-mins must not be zero when it is given as a header
          requester with namespace  ~ star-ns   ~ -                          ~ 400 Cannot use run-as-requester with a specific namespace
          invalid token             ~ bad       ~ -                          ~ 400 Service description using waiter headers/token improperly configured | max-instances must be between 1 and 2000.
          incomplete headers        ~ localhost ~ cmd=x                      ~ 400 Service description using waiter headers/token improperly configured | cpus must be a positive number | mem must be a positive number | version must be a non-empty string
          text where a number is due ~ full     ~ cpus=many                  ~ 400 Service description using waiter headers/token improperly configured | cpus must be a positive number
          null where a number is due ~ full     ~ mem=null                   ~ 400 Service description using waiter headers/token improperly configured | mem must be a positive number
          reserved env              ~ full      ~ env-home=x                 ~ 400 Service description using waiter headers/token improperly configured | The following environment variable keys are reserved: HOME.
          env that is no map        ~ full      ~ env=5                      ~ 400 Service description using waiter headers/token improperly configured | env must be a map with at most 99 entries.
          namespace of somebody     ~ full      ~ namespace=zoe              ~ 400 Service namespace must either be omitted or match the run-as-user
          beyond the limit          ~ full      ~ cpus=33                    ~ 400 The following fields exceed their allowed limits: cpus is 33 but the max allowed is 32
          """)
  void requests_withoutAService_areRefused(
      String name, String host, String header, String expected) {
    assertEquals(expected, refusal(host == null ? "" : host, waiter(header)));
  }

  @Test
  void fixedService_isItsOwners_andHasItsOwnDefaults() {
    var byHost = descriptor("site", Map.of());
    assertEquals("bob", byHost.core().string("run-as-user"));
    assertEquals(100, byHost.effective().integer("concurrency-level"));
    assertEquals("random", byHost.effective().string("load-balancing"));
    assertEquals("/status", byHost.effective().string("health-check-url"));
    assertEquals(0, byHost.effective().integer("instance-expiry-mins"));
    assertNull(byHost.core().get("concurrency-level"), "a default takes no part in the id");
    assertEquals(
        List.of("http://10.0.0.1:8080", "https://b:443"),
        FixedServices.backends(byHost.effective()).stream().map(BackendUrl::toString).toList());
    assertEquals(byHost.id(), descriptor("localhost", waiter("token=site")).id());
    assertEquals(byHost.id(), RESOLUTION.serviceIdOf(sample("site")));
    assertFalse(TokenTraits.runAsRequester(sample("site"), SETTINGS.defaults()));
    assertEquals(
        5,
        descriptor("site", waiter("concurrency-level=5")).effective().integer("concurrency-level"));
  }

  @Test
  void fixedService_open_needsNoCaller() {
    var sources = assertInstanceOf(Sources.class, discover("open-site", Map.of()));
    assertTrue(sources.authenticationDisabled());
    var descriptor = assertInstanceOf(Descriptor.class, RESOLUTION.resolve(sources, null));
    assertEquals("bob", descriptor.core().string("run-as-user"));
  }

  @Test
  void headersAlone_describeAServiceThatRunsAsTheCaller() {
    var d =
        descriptor(
            "localhost",
            headers(
                "x-waiter-cmd", "5",
                "x-waiter-cpus", "0.5",
                "x-waiter-mem", "64",
                "x-waiter-version", "1.0",
                "x-waiter-env-foo_bar", "x",
                "x-waiter-metadata-foo", "y",
                "x-waiter-concurrency-level", "5",
                "x-waiter-allowed-params", "B, A",
                "x-waiter-unknown", "z",
                "accept", "*/*"));

    assertEquals(
        json(
            "{'cmd':'5','cpus':0.5,'mem':64,'version':'1.0','env':{'FOO_BAR':'x'},"
                + "'metadata':{'foo':'y'},'concurrency-level':5,'allowed-params':['A','B'],"
                + "'run-as-user':'alice','permitted-user':'alice'}"),
        d.core().parameters());
    assertTrue(d.sources().isEmpty());
    assertTrue(d.onTheFly());
    assertNull(d.tokenOwner());
    assertFalse(d.preAuthorised());
    assertEquals(300000, d.tokenSettings().get("queue-timeout-ms"));
    assertEquals(30, d.effective().integer("idle-timeout-mins"));
  }

  @Test
  void hostToken_runsAsItsUser() {
    var d = descriptor("full", Map.of());

    assertEquals("bob", d.effective().string("run-as-user"));
    assertEquals(json("{'team':'x'}"), d.core().map("metadata"));
    assertEquals("bob", d.tokenOwner());
    assertFalse(d.onTheFly());
    assertTrue(d.preAuthorised());
    assertFalse(d.authenticationDisabled());
    var version = TokenHash.versionOf(tokens.token("full"));
    assertEquals(List.of(new SourceToken("full", version)), d.sources());
  }

  @Test
  void hostToken_isFoundIgnoringCase_ifThereIsOnlyOne() {
    assertEquals("Mixed.Case", descriptor("mixed.case", Map.of()).sources().get(0).token());
    assertEquals("two", descriptor("two", Map.of()).sources().get(0).token());
  }

  @Test
  void tokenHeader_winsOverHostAndCountsAsOnTheFly() {
    var d = descriptor("mine", waiter("token=full"));

    assertEquals(descriptor("full", Map.of()).id(), d.id());
    assertTrue(d.onTheFly());
    assertTrue(d.preAuthorised());
  }

  @Test
  void tokens_withEqualParameters_shareAService() {
    assertEquals(descriptor("full", Map.of()).id(), descriptor("twin", Map.of()).id());
  }

  @Test
  void tokenList_isMergedLeftToRight() {
    var d = descriptor("localhost", waiter("token=full,over"));

    assertEquals(2, d.core().get("cpus"));
    assertEquals(json("{'A':'1','B':'2','C':'2'}"), d.core().map("env"));
    assertEquals(json("{'team':'x','x':'y'}"), d.core().map("metadata"));
    assertEquals(List.of("full", "over"), d.sources().stream().map(SourceToken::token).toList());
    assertFalse(d.preAuthorised());
  }

  @Test
  void serviceHeaders_replaceShallowlyAndMakeTheCallerTheUser() {
    var d = descriptor("full", headers("x-waiter-env-b", "9", "x-waiter-cpus", "2"));

    assertEquals(json("{'B':'9'}"), d.core().map("env"));
    assertEquals("alice", d.core().string("run-as-user"));
    assertEquals("alice", d.core().string("permitted-user"));
    assertFalse(d.preAuthorised());
  }

  @Test
  void serviceHeaders_mayNameTheUsers() {
    var named = descriptor("full", headers("x-waiter-run-as-user", "zoe", "x-waiter-cpus", "2"));
    var permitted = descriptor("full", waiter("permitted-user=zoe"));

    assertEquals("zoe", named.core().string("run-as-user"));
    assertNull(named.core().get("permitted-user"));
    assertEquals("alice", permitted.core().string("run-as-user"));
    assertEquals("zoe", permitted.core().string("permitted-user"));
  }

  @Test
  void params_goIntoTheEnvironmentAndKeepTheUser() {
    var d = descriptor("params", waiter("param-bar=2"));

    assertEquals(json("{'FOO':'1','BAR':'2'}"), d.core().map("env"));
    assertEquals("bob", d.core().string("run-as-user"));
    assertEquals(List.of("BAR", "FOO"), d.core().get("allowed-params"));
    assertFalse(d.preAuthorised());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"userless", "star", "ns"})
  void missingUser_byTokenHeader_isTheCaller(String name) {
    var d = descriptor("localhost", waiter("token=" + name));

    assertEquals("alice", d.core().string("run-as-user"));
    assertEquals("alice", d.core().string("permitted-user"));
    assertFalse(d.preAuthorised());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"userless", "star", "ns"})
  void missingUser_byHost_needsConsent(String name) {
    var consent = assertInstanceOf(ConsentRequired.class, resolve(name, Map.of(), "alice"));

    assertEquals(descriptor("localhost", waiter("token=" + name)).id(), consent.ifApproved().id());
  }

  @Test
  void namespaceStar_isTheCaller() {
    assertEquals("alice", descriptor("localhost", waiter("token=ns")).core().string("namespace"));
  }

  @Test
  void openToken_needsNoCaller() {
    var sources = assertInstanceOf(Sources.class, discover("open", Map.of()));
    assertTrue(sources.authenticationDisabled());

    var d = assertInstanceOf(Descriptor.class, RESOLUTION.resolve(sources, null));

    assertTrue(d.authenticationDisabled());
    assertEquals("bob", d.core().string("run-as-user"));
    assertFalse(((Sources) discover("full", Map.of())).authenticationDisabled());
  }

  @Test
  void exclusiveMapping_makesAServicePerToken() {
    var d = descriptor("mine", Map.of());

    assertEquals(json("{'WAITER_CONFIG_TOKEN':'mine'}"), d.core().map("env"));
    var list = descriptor("localhost", waiter("token=full,mine"));
    assertEquals("full,mine", list.core().map("env").get("WAITER_CONFIG_TOKEN"));
  }

  @Test
  void defaultMapping_isExclusiveForLaterEdits() {
    var rules = SETTINGS.rules();
    for (long start : new long[] {8, 9}) {
      var settings = new Resolution.Settings("p-", Set.of(), Set.of(), Instant.ofEpochMilli(start));
      var resolution = new Resolution(SETTINGS.defaults(), rules, settings, new HeaderJson());
      var resolved = resolution.resolve(Map.of(), "later", "alice", tokens, id -> null);

      var d = assertInstanceOf(Descriptor.class, resolved);
      assertEquals(start < 9, d.core().get("env") != null, "start " + start);
    }
  }

  @Test
  void serviceIdToken_leadsToTheStoredServiceWithoutReference() {
    var stored = descriptor("full", Map.of());
    tokens.services.put(stored.id(), stored.core());

    var d = descriptor("localhost", waiter("token=^SERVICE-ID#" + stored.id()));

    assertEquals(stored.id(), d.id());
    assertTrue(d.byServiceId());
    assertTrue(d.sources().isEmpty());
    assertFalse(d.preAuthorised());
  }

  @Test
  void maintenance_isSeenBeforeTheCallerIsKnown() {
    var sources = assertInstanceOf(Sources.class, discover("closed", Map.of()));

    var refusal = sources.maintenance().orElseThrow();

    assertEquals("503 back at noon", Samples.line(refusal));
    assertEquals(
        Map.of(
            "error-class", "waiter.Maintenance",
            "name", "n",
            "token", "closed",
            "token-owner", "bob"),
        refusal.details());
    assertTrue(((Sources) discover("full", Map.of())).maintenance().isEmpty());
    assertNotNull(descriptor("closed", Map.of()));
  }

  @Test
  void unknownTokens_areNamed_soThatTheyCanBeAskedFor() {
    var byHeader = assertInstanceOf(Refused.class, resolve("full", waiter("token=a,b"), "alice"));
    var byHost = assertInstanceOf(Refused.class, resolve("nobody", Map.of(), "alice"));

    assertEquals(List.of("a", "b"), byHeader.unknownTokens());
    assertEquals(List.of("nobody"), byHost.unknownTokens());
    assertEquals("waiter.ServiceUnknown", byHost.refusal().details().get("error-class"));
  }

  @Test
  void serviceIdOf_isKnownOnlyIfTheTokenSaysEverything() {
    assertEquals(descriptor("full", Map.of()).id(), RESOLUTION.serviceIdOf(sample("full")));
    assertNull(RESOLUTION.serviceIdOf(sample("star")));
    assertNull(RESOLUTION.serviceIdOf(sample("userless")));
    assertNull(RESOLUTION.serviceIdOf(sample("params")));
    assertNull(RESOLUTION.serviceIdOf(sample("bad")));
    assertNull(RESOLUTION.serviceIdOf(sample("facts")));
  }

  @Test
  void explicitDefault_changesTheId() {
    assertNotEquals(
        descriptor("localhost", onTheFly()).id(),
        descriptor("localhost", onTheFly("x-waiter-concurrency-level", "1")).id());
  }

  @Test
  void overrides_changeTheEffectiveDescriptionOnly() {
    var d = descriptor("full", Map.of());

    assertEquals(
        3, d.effective(SETTINGS.defaults(), json("{'min-instances':3}")).integer("min-instances"));
    assertEquals(d.effective(), d.effective(SETTINGS.defaults(), Map.of()));
  }

  @Test
  void resolution_randomHeaders_neverThrows() {
    var names = List.copyOf(Parameters.names());
    var values =
        List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "1.5",
            "true",
            "null",
            "[]",
            "{}",
            "{\"A\":null}",
            "[[",
            "\"x\"",
            "*",
            "x",
            ",",
            "a,b",
            "99999999999999999999",
            "1e999",
            "full",
            "userless",
            "\u0000");
    var hosts = List.of("", "localhost", "full", "open", "star-ns", "params", "x y", "facts");
    for (int seed = 0; seed < 3000; seed++) {
      var random = new Random(seed);
      var headers = new LinkedHashMap<String, String>();
      for (int i = random.nextInt(8); i > 0; i--) {
        var name =
            switch (random.nextInt(6)) {
              case 0 -> "env-" + pick(random, values);
              case 1 -> "param-" + pick(random, values);
              case 2 -> "metadata-" + pick(random, values);
              case 3 -> "token";
              default -> pick(random, names);
            };
        headers.put("x-waiter-" + name, pick(random, values));
      }
      try {
        assertNotNull(resolve(pick(random, hosts), headers, "alice"));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " " + headers, e);
      }
    }
  }

  private static <T> T pick(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static Map<String, String> onTheFly(String... more) {
    var all =
        new HashMap<>(
            headers(
                "x-waiter-cmd",
                "x",
                "x-waiter-cpus",
                "1",
                "x-waiter-mem",
                "1",
                "x-waiter-version",
                "1"));
    all.putAll(headers(more));
    return all;
  }

  private TokenDocument sample(String name) {
    var document = tokens.token(name);
    assertNotNull(document);
    return document;
  }

  private static Map<String, String> waiter(String header) {
    if (header == null) {
      return Map.of();
    }
    var parts = header.split("=", 2);
    return headers("x-waiter-" + parts[0], parts[1]);
  }

  private Discovery discover(String host, Map<String, String> headers) {
    return RESOLUTION.discover(headers, host, tokens, tokens.services::get);
  }

  private Resolved resolve(String host, Map<String, String> headers, String caller) {
    return RESOLUTION.resolve(headers, host, caller, tokens, tokens.services::get);
  }

  private Descriptor descriptor(String host, Map<String, String> headers) {
    return assertInstanceOf(Descriptor.class, resolve(host, headers, "alice"));
  }

  private String refusal(String host, Map<String, String> headers) {
    var refused = assertInstanceOf(Refused.class, resolve(host, headers, "alice"));
    return Samples.line(refused.refusal());
  }
}
