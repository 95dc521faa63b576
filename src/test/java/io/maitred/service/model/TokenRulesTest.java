package io.maitred.service.model;

import static io.maitred.service.model.Samples.HOSTNAMES;
import static io.maitred.service.model.Samples.SETTINGS;
import static io.maitred.service.model.Samples.json;
import static io.maitred.service.model.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenRulesTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_000);
  private static final String REQUIRED =
      "'cmd':'x','cpus':1,'mem':1,'version':'1','run-as-user':'alice'";

  private long otherTokens;
  private final TokenRules rules =
      SETTINGS.tokenRules(
          new SimpleEntitlements("root"), HOSTNAMES, "east", (owner, name) -> otherTokens);

  private final TokenDocument existing =
      token(
          "web",
          "{'cmd':'x','run-as-user':'alice','owner':'alice','editor':'eve','cluster':'east',"
              + "'root':'west','last-update-time':500,'last-update-user':'alice','previous':{}}");

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          ``         ~ {'cmd':'x'}                       ~ 400 Must provide the token
          ` `        ~ {}                                ~ 400 Must provide the token
          localhost  ~ {'cmd':'x'}                       ~ 403 Token name is reserved
          LocalHost  ~ {}                                ~ 403 Token name is reserved
          t1         ~ {}                                ~ 400 No parameters provided for t1
          t1         ~ {'cluster':'c'}                   ~ 400 No parameters provided for t1
          t 1        ~ {'cpu':1}                         ~ 400 No parameters provided for t 1
          t 1        ~ {'cmd':'x'}                       ~ 400 Token contains invalid character: " "
          tok/en     ~ {'cmd':'x'}                       ~ 400 Token contains invalid character: "/"
          tök        ~ {'cmd':'x'}                       ~ 400 Token contains invalid character: "ö"
          ^SERVICE-ID#x ~ {'cmd':'x'}                    ~ 400 Token contains invalid character: "^"
          1abc       ~ {'cmd':'x'}                       ~ 400 Token must match pattern
          t          ~ {'cmd':'x'}                       ~ 400 Token must match pattern
          -t         ~ {'cmd':'x'}                       ~ 400 Token must match pattern
          t1         ~ {'cmd':'','foo':1}                ~ 400 Service description using waiter headers/token improperly configured | cmd must be a non-empty string
          t1         ~ {'cpus':-1,'mem':'1'}             ~ 400 Service description using waiter headers/token improperly configured | cpus must be a positive number | mem must be a positive number
          t1         ~ {'cmd':null,'cpus':null,'mem':null,'version':null} ~ 400 Service description using waiter headers/token improperly configured | cmd must be a non-empty string | cpus must be a positive number | mem must be a positive number | version must be a non-empty string
          t1         ~ {'run-as-user':null}              ~ 400 Service description using waiter headers/token improperly configured | run-as-user must be a non-empty string
          t1         ~ {'metric-group':null,'ports':null} ~ 400 Service description using waiter headers/token improperly configured | metric-group must have 2 to 32 characters: lower-case letters and digits, a letter first, words separated by a single dash or underscore. | ports must be an integer in the range [1, 10].
          t1         ~ {'cpus':100}                      ~ 400 The following fields exceed their allowed limits: cpus is 100 but the max allowed is 32
          t1         ~ {'min-instances':3,'max-instances':2} ~ 400 min-instances (3) must be less than or equal to max-instances (2)
          t1         ~ {'run-as-user':'*','namespace':'bob'} ~ 400 Cannot use run-as-requester with a specific namespace
          t1         ~ {'cmd':'x','cors-rules':{}}       ~ 400 Validation failed for token: | cors-rules must be a list
          t1         ~ {'cmd':'x','cors-rules':[5]}      ~ 400 Validation failed for token: | cors-rules list has invalid items: 5
          t1         ~ {'cors-rules':[{'origin-regex':'('}]} ~ 400 Validation failed for token: | cors-rules list has invalid items: {origin-regex=(}
          t1         ~ {'cors-rules':[{'methods':['GET']}]} ~ 400 Validation failed for token: | cors-rules list has invalid items: {methods=[GET]}
          t1         ~ {'cors-rules':[{'origin-regex':'.*','methods':['get']}]} ~ 400 Validation failed for token: | cors-rules list has invalid items: {origin-regex=.*, methods=[get]}
          t1         ~ {'cors-rules':[{'origin-regex':'.*','methods':[]}]} ~ 400 Validation failed for token: | cors-rules list has invalid items: {origin-regex=.*, methods=[]}
          t1         ~ {'cors-rules':[{'origin-regex':'.*','target-path-regex':'['}]} ~ 400 Validation failed for token: | cors-rules list has invalid items: {origin-regex=.*, target-path-regex=[}
          t1         ~ {'editor':''}                     ~ 400 Validation failed for token: | editor must be a non-empty string
          t1         ~ {'owner':' '}                     ~ 400 Validation failed for token: | owner must be a non-empty string
          t1         ~ {'owner':5}                       ~ 400 Validation failed for token: | owner must be a non-empty string
          t1         ~ {'fallback-period-secs':86401}    ~ 400 Validation failed for token: | fallback-period-secs must be an integer in the range [0, 86400].
          t1         ~ {'https-redirect':'true'}         ~ 400 Validation failed for token: | https-redirect must be a boolean
          t1         ~ {'maintenance':'soon'}            ~ 400 Validation failed for token: | maintenance must be a map
          t1         ~ {'maintenance':{}}                ~ 400 Validation failed for token: | maintenance message must be a non-empty string with length at most 512
          t1         ~ {'maintenance':{'message':''}}    ~ 400 Validation failed for token: | maintenance message must be a non-empty string with length at most 512
          t1         ~ {'queue-timeout-ms':3600001}      ~ 400 Validation failed for token: | queue-timeout-ms must be an integer in the range [0, 3600000].
          t1         ~ {'socket-timeout-ms':-1}          ~ 400 Validation failed for token: | socket-timeout-ms must be an integer in the range [0, 3600000].
          t1         ~ {'streaming-timeout-ms':1.5}      ~ 400 Validation failed for token: | streaming-timeout-ms must be an integer in the range [0, 3600000].
          t1         ~ {'service-mapping':'shared'}      ~ 400 Validation failed for token: | service-mapping must be one of default, exclusive, or legacy.
          t1         ~ {'stale-timeout-mins':241}        ~ 400 Validation failed for token: | stale-timeout-mins must be an integer in the range [0, 240].
          t1         ~ {'https-redirect':1,'editor':''}  ~ 400 Validation failed for token: | editor must be a non-empty string | https-redirect must be a boolean
          t1         ~ {'service-mapping':'exclusive','env':{'WAITER_CONFIG_TOKEN':'x'}} ~ 400 service-mapping exclusive cannot be combined with env variable WAITER_CONFIG_TOKEN
          t1         ~ {'cmd':'x','b':1,'a':2}           ~ 400 Unsupported key(s) in token: ["a" "b"]
          t1         ~ {'authentication':'disabled'}     ~ 400 Tokens with authentication disabled must specify permitted-user as *, instead provided null
          t1         ~ {'authentication':'disabled','permitted-user':'bob'} ~ 400 Tokens with authentication disabled must specify permitted-user as *, instead provided bob
          t1         ~ {'authentication':'disabled','permitted-user':'*'} ~ 400 Tokens with authentication disabled must specify all required parameters
          t1         ~ {'cmd':'x','interstitial-secs':5} ~ 400 Tokens missing required parameters cannot use interstitial support
          t1         ~ {'scheduler':'fixed'}             ~ 400 Service description using waiter headers/token improperly configured | backends must be a list of 1 to 100 URLs.
          t1         ~ {'scheduler':'fixed','backends':['http://a/']} ~ 400 Service description using waiter headers/token improperly configured | The following backends must not have a path, a query or a fragment: http://a/.
          t1         ~ {'backends':['http://a']}         ~ 400 backends can only be used with scheduler fixed
          t1         ~ {'scheduler':'fixed','backends':['http://a'],'authentication':'disabled'} ~ 400 Tokens with authentication disabled must specify permitted-user as *, instead provided null
          t1         ~ {'cmd':'x','run-as-user':'bob'}   ~ 403 Authenticated user 'alice' cannot run as user 'bob'
          t1         ~ {'cmd':'x','owner':'bob'}         ~ 403 Cannot create token as provided owner: bob
          t1         ~ {'cmd':'x','last-update-time':5}  ~ 400 Cannot modify last-update-time token metadata
          t1         ~ {'cmd':'x','last-update-user':'u'} ~ 400 Cannot modify last-update-user token metadata
          t1         ~ {'cmd':'x','root':'c'}            ~ 400 Cannot modify root token metadata
          t1         ~ {'cmd':'x','previous':{}}         ~ 400 Cannot modify previous token metadata
          t1         ~ {'cmd':'x','previous':5}          ~ 400 Cannot modify previous token metadata
          """)
  void create_refused(String name, String body, String expected) {
    assertEquals(expected, outcome(null, edit(name, body, "alice", null, false)));
  }

  @ParameterizedTest(name = "{0} posts {1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          alice ~ {'cmd':'y'}                                    ~ -  ~ updated
          alice ~ {'cmd':'y','run-as-user':'*'}                  ~ -  ~ updated
          alice ~ {'cmd':'y','owner':'bob'}                      ~ -  ~ updated
          alice ~ {'cmd':'y','owner':'bob','run-as-user':'alice'} ~ - ~ 403 Owner 'bob' cannot run as user 'alice'
          bob   ~ {'cmd':'y'}                                    ~ -  ~ 403 Cannot update token (editor=eve, owner=alice) as user: bob
          bob   ~ {'cmd':'y','run-as-user':'alice'}              ~ -  ~ 403 Authenticated user 'bob' cannot run as user 'alice'
          root  ~ {'cmd':'y'}                                    ~ -  ~ 403 Cannot update token (editor=eve, owner=alice) as user: root
          eve   ~ {'cmd':'y','editor':'eve','run-as-user':'alice'} ~ - ~ updated
          eve   ~ {'cmd':'y','editor':'eve','run-as-user':'alice','owner':'alice'} ~ - ~ updated
          eve   ~ {'cmd':'y','run-as-user':'alice'}              ~ -  ~ 403 Not allowed to edit parameter editor
          eve   ~ {'cmd':'y','editor':'eve','run-as-user':'alice','owner':'eve'} ~ - ~ 403 Not allowed to edit parameter owner
          eve   ~ {'cmd':'y','editor':'eve','run-as-user':'eve'} ~ -  ~ 403 Not allowed to edit parameter run-as-user
          eve   ~ {'cmd':'y','editor':'eve'}                     ~ -  ~ 403 Not allowed to edit parameter run-as-user
          eve   ~ {'cmd':'y','editor':'eve','run-as-user':'alice','root':'c'} ~ - ~ 400 Cannot modify root token metadata
          alice ~ {'cmd':'y'}                                    ~ `` ~ 412 Cannot modify stale token
          alice ~ {'cmd':'y'}                                    ~ E-0 ~ 412 Cannot modify stale token
          alice ~ {'cmd':'y'}                                    ~ current ~ updated
          alice ~ {'cmd':'y','owner':'bob','run-as-user':'alice'} ~ E-0 ~ 403 Owner 'bob' cannot run as user 'alice'
          alice ~ {'cmd':'x','run-as-user':'alice','editor':'eve'} ~ E-0 ~ unchanged
          alice ~ {'cmd':'x','run-as-user':'alice','editor':'eve','owner':'alice'} ~ - ~ unchanged
          alice ~ {'cmd':'x','run-as-user':'alice'}              ~ -  ~ updated
          """)
  void update(String caller, String body, @Nullable String ifMatch, String expected) {
    assertEquals(expected, outcome(existing, edit("web", body, caller, version(ifMatch), false)));
  }

  @ParameterizedTest(name = "{0} posts {1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          root  ~ {'cmd':'y'}                             ~ -       ~ 400 Must specify if-match header for admin mode token updates
          bob   ~ {'cmd':'y'}                             ~ current ~ 403 Cannot administer token
          alice ~ {'cmd':'y','owner':'bob'}               ~ current ~ 403 Cannot administer token
          alice ~ {'cmd':'y','run-as-user':'bob'}         ~ current ~ 403 Authenticated user 'alice' cannot run as user 'bob'
          alice ~ {'cmd':'y'}                             ~ current ~ updated
          root  ~ {'cmd':'y','run-as-user':'bob','owner':'carol'} ~ current ~ updated
          root  ~ {'cmd':'x','run-as-user':'alice','editor':'eve'} ~ current ~ updated
          root  ~ {'cmd':'y'}                             ~ E-0     ~ 412 Cannot modify stale token
          root  ~ {'cmd':'y','previous':5}                ~ current ~ 400 Token previous must be a map
          root  ~ {'cmd':'y','last-update-time':'noon'}   ~ current ~ 400 Invalid last-update-time: noon
          root  ~ {'cmd':'','deleted':true}               ~ current ~ updated
          root  ~ {'cmd':'','deleted':false}              ~ current ~ 400 Service description using waiter headers/token improperly configured | cmd must be a non-empty string
          root  ~ {'cmd':'y','root':5}                    ~ current ~ 400 Validation failed for token: | root must be a non-empty string
          """)
  void adminMode(String caller, String body, @Nullable String ifMatch, String expected) {
    assertEquals(expected, outcome(existing, edit("web", body, caller, version(ifMatch), true)));
  }

  @Test
  void fixedService_isCompleteWithItsBackends() {
    var open =
        "{'scheduler':'fixed','backends':['http://a'],'authentication':'disabled',"
            + "'permitted-user':'*','interstitial-secs':5}";

    var document = stored(null, edit("new", open, "alice", null, false));

    assertNull(document.data().get("run-as-user"), "only what was posted");
    assertEquals("alice", document.owner());
  }

  @Test
  void create_storesTheBodyAndWhoWhenWhere() {
    var document = stored(null, edit("new", "{'cmd':'x','cpus':1.0}", "alice", "", false));

    var expected =
        json(
            "{'cmd':'x','cpus':1.0,'owner':'alice','cluster':'here','root':'east',"
                + "'last-update-time':1000,'last-update-user':'alice','previous':{}}");
    assertTrue(CanonicalTree.equal(expected, document.data()), document.toString());
    assertEquals(1.0, document.data().get("cpus"));
  }

  @Test
  void update_keepsOwnerAndRoot_andNothingElse() {
    var document = stored(existing, edit("web", "{'cmd':'y'}", "alice", null, false));

    assertEquals("alice", document.owner());
    assertEquals("west", document.data().get("root"));
    assertNull(document.data().get("editor"));
    assertTrue(CanonicalTree.equal(existing.data(), document.previous()));
  }

  @Test
  void update_otherCluster_isAChange() {
    var same = "{'cmd':'x','run-as-user':'alice','editor':'eve'}";
    var edit = new TokenChange.Edit("web", json(same), null, false, "alice", "elsewhere", NOW);

    assertInstanceOf(TokenDecision.Stored.class, rules.decide(existing, edit));
  }

  @Test
  void noOp_comparesKindsOfNumbersButNotJavaTypes() {
    var stored =
        new TokenDocument(
            "web", Map.of("cpus", 1L, "owner", "alice", "cluster", "east", "previous", Map.of()));

    assertEquals("unchanged", outcome(stored, edit("web", "{'cpus':1}", "alice", null, false)));
    assertEquals("updated", outcome(stored, edit("web", "{'cpus':1.0}", "alice", null, false)));
  }

  @Test
  void softDeletedToken_countsAsAbsent() {
    var gone = stored(existing, delete("alice", null, false));
    var again = stored(gone, edit("web", "{'cmd':'z'}", "alice", "", false));

    assertEquals(Map.of(), again.previous());
    assertEquals("west", again.data().get("root"));
    assertEquals("created", outcome(gone, edit("web", "{'cmd':'z'}", "alice", null, false)));
    assertEquals(
        "403 Cannot create token as provided owner: alice",
        outcome(gone, edit("web", "{'cmd':'z'}", "bob", null, false)));
    assertEquals(
        "412 Cannot modify stale token",
        outcome(gone, edit("web", "{'cmd':'z'}", "alice", TokenHash.of(gone.data()), false)));
  }

  @Test
  void previous_isAChainOfLimitedDepth() {
    TokenDocument token = null;
    for (int i = 0; i < 9; i++) {
      token = stored(token, edit("web", "{'cmd':'v" + i + "'}", "alice", null, false));
    }

    var version = token == null ? Map.<String, Object>of() : token.data();
    for (int i = 8; i > 3; i--) {
      assertEquals("v" + i, version.get("cmd"));
      version = new TokenDocument("web", version).previous();
    }
    assertEquals("v3", version.get("cmd"));
    assertNull(version.get("previous"));
  }

  @Test
  void adminMode_suppliedMetadataWins() {
    var document =
        stored(
            existing,
            edit(
                "web",
                "{'cmd':'y','cluster':'c','root':'r','last-update-user':'u',"
                    + "'last-update-time':'2024-01-31T10:20:30.123Z',"
                    + "'previous':{'cmd':'w','last-update-time':'1970-01-01T00:00:01Z'}}",
                "root",
                TokenHash.versionOf(existing),
                true));

    assertEquals("c", document.data().get("cluster"));
    assertEquals("r", document.data().get("root"));
    assertEquals("u", document.data().get("last-update-user"));
    assertEquals(1706696430123L, document.lastUpdateTime());
    assertEquals(1000L, document.previous().get("last-update-time"));
    assertEquals("alice", document.owner());
  }

  @ParameterizedTest(name = "{0} others, admin {1}")
  @CsvSource({"1000, false, created", "1001, false, refused", "1001, true, created"})
  void ownerLimit(long others, boolean admin, String expected) {
    otherTokens = others;

    var outcome = outcome(null, edit("new", "{'cmd':'x'}", "alice", null, admin));

    assertEquals(
        expected.equals("refused")
            ? "403 You have reached the limit of number of tokens allowed (1000) for owner alice"
            : expected,
        outcome);
  }

  @ParameterizedTest(name = "{0} hard {1} if-match {2} on {3}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          alice ~ false ~ -       ~ living  ~ updated
          alice ~ false ~ current ~ living  ~ updated
          alice ~ false ~ E-0     ~ living  ~ 412 Cannot modify stale token
          alice ~ false ~ ``      ~ living  ~ 412 Cannot modify stale token
          bob   ~ false ~ -       ~ living  ~ 403 User not allowed to delete token
          root  ~ false ~ -       ~ living  ~ 403 User not allowed to delete token
          eve   ~ false ~ -       ~ living  ~ 403 User not allowed to delete token
          alice ~ false ~ -       ~ deleted ~ 404 Token web does not exist
          alice ~ false ~ -       ~ nothing ~ 404 Token web does not exist
          root  ~ true  ~ -       ~ nothing ~ 404 Token web does not exist
          root  ~ true  ~ -       ~ living  ~ 400 Must specify if-match header for token hard deletes
          bob   ~ true  ~ current ~ living  ~ 403 Cannot hard-delete token
          root  ~ true  ~ E-0     ~ living  ~ 412 Cannot modify stale token
          root  ~ true  ~ current ~ living  ~ removed
          alice ~ true  ~ current ~ living  ~ removed
          root  ~ true  ~ -       ~ deleted ~ removed
          root  ~ true  ~ ``      ~ deleted ~ removed
          bob   ~ true  ~ -       ~ deleted ~ 403 Cannot hard-delete token
          """)
  void delete(
      String caller, boolean hard, @Nullable String ifMatch, String state, String expected) {
    TokenDocument token =
        switch (state) {
          case "living" -> existing;
          case "deleted" -> stored(existing, delete("alice", null, false));
          default -> null;
        };

    assertEquals(expected, outcome(token, delete(caller, version(ifMatch), hard)));
  }

  @Test
  void delete_withoutName_isRefused() {
    var decision = rules.decide(null, new TokenChange.Delete("", null, false, "alice", NOW));

    assertEquals("400 Must provide the token", line(decision));
  }

  @Test
  void softDelete_keepsTheDataAndItsHistory() {
    var gone = stored(existing, delete("alice", null, false));

    assertTrue(gone.deleted());
    assertEquals("x", gone.data().get("cmd"));
    assertEquals(1000, gone.lastUpdateTime());
    assertEquals("alice", gone.data().get("last-update-user"));
    assertTrue(CanonicalTree.equal(existing.data(), gone.previous()));
    assertNotEquals(TokenHash.of(existing.data()), TokenHash.of(gone.data()));
  }

  @Test
  void unchanged_givesTheStoredDocument() {
    var same =
        edit("web", "{'cmd':'x','run-as-user':'alice','editor':'eve'}", "alice", null, false);

    var decision = assertInstanceOf(TokenDecision.Unchanged.class, rules.decide(existing, same));

    assertSame(existing, decision.document());
  }

  @Test
  void invalidCharacter_isDescribed() {
    var decision = rules.decide(null, edit("ab c", "{'cmd':'x'}", "alice", null, false));

    var details = assertInstanceOf(TokenDecision.Refused.class, decision).refusal().details();
    assertEquals(" ", details.get("invalid-char"));
    assertEquals(2, details.get("char-index"));
    assertEquals(32, details.get("char-codepoint"));
    assertTrue(details.containsKey("pattern"));
  }

  @Test
  void completeTokens_mayUseWhatNeedsThem() {
    var open = "{" + REQUIRED + ",'authentication':'disabled','permitted-user':'*'}";
    var slow = "{" + REQUIRED + ",'interstitial-secs':10}";

    assertEquals("created", outcome(null, edit("t1", open, "alice", null, false)));
    assertEquals("created", outcome(null, edit("t2", slow, "alice", null, false)));
  }

  private String outcome(@Nullable TokenDocument token, TokenChange change) {
    return line(rules.decide(token, change));
  }

  private static String line(TokenDecision decision) {
    if (decision instanceof TokenDecision.Refused refused) {
      return Samples.line(refused.refusal());
    }
    if (decision instanceof TokenDecision.Stored stored) {
      return stored.created() ? "created" : "updated";
    }
    return decision instanceof TokenDecision.Removed ? "removed" : "unchanged";
  }

  private TokenDocument stored(@Nullable TokenDocument token, TokenChange change) {
    return assertInstanceOf(TokenDecision.Stored.class, rules.decide(token, change)).document();
  }

  private @Nullable String version(@Nullable String ifMatch) {
    return "current".equals(ifMatch) ? TokenHash.versionOf(existing) : ifMatch;
  }

  private static TokenChange.Edit edit(
      String name, String body, String caller, @Nullable String ifMatch, boolean admin) {
    var cluster = name.equals("new") ? "here" : "east";
    return new TokenChange.Edit(name, json(body), ifMatch, admin, caller, cluster, NOW);
  }

  private static TokenChange.Delete delete(String caller, @Nullable String ifMatch, boolean hard) {
    return new TokenChange.Delete("web", ifMatch, hard, caller, NOW);
  }
}
