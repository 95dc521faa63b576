package io.maitred.service.model;

import static io.maitred.service.model.Samples.RESOLUTION;
import static io.maitred.service.model.Samples.headers;
import static io.maitred.service.model.Samples.table;
import static io.maitred.service.model.Samples.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorisationTest {
  private static final String COMPLETE =
      "'cmd':'run','cpus':1,'mem':128,'version':'v1','run-as-user':'bob','owner':'bob'";
  private static final Entitlements SIMPLE = new SimpleEntitlements("root");

  private final Samples.Table tokens =
      table(
          token("any", "{" + COMPLETE + "}"),
          token("keyword", "{" + COMPLETE + ",'permitted-user':':any'}"),
          token("carols", "{" + COMPLETE + ",'permitted-user':'carol'}"),
          token("open", "{" + COMPLETE + ",'authentication':'disabled','permitted-user':'*'}"),
          token("empty", "{}"));

  @ParameterizedTest(name = "{0} by {1}")
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          any,         alice, -
          keyword,     alice, -
          any,         bob,   -
          carols,      carol, -
          carols,      alice, 403 This user isn't allowed to invoke this service
          carols,      bob,   403 This user isn't allowed to invoke this service
          open,        alice, -
          'any,empty', bob,   -
          'any,empty', alice, 403 Authenticated user cannot run service
          """)
  void check(String name, String caller, String expected) {
    var resolved =
        RESOLUTION.resolve(headers("x-waiter-token", name), "", caller, tokens, id -> null);
    var descriptor = assertInstanceOf(Descriptor.class, resolved);

    var refusal = Authorisation.check(descriptor, caller, SIMPLE);

    assertEquals(expected, refusal.map(Samples::line).orElse(null));
    refusal.ifPresent(r -> assertEquals("waiter.ServiceForbidden", r.details().get("error-class")));
  }

  @Test
  void simpleEntitlements_everybodyForHimself_serverUserAdministers() {
    assertTrue(SIMPLE.mayRunAs("a", "a") && SIMPLE.mayOwn("a", "a") && SIMPLE.mayManage("a", "a"));
    assertFalse(SIMPLE.mayRunAs("a", "b") || SIMPLE.mayOwn("a", "b") || SIMPLE.mayManage("a", "b"));
    assertFalse(SIMPLE.mayRunAs("root", "b") || SIMPLE.mayManage("root", "b"));
    assertTrue(SIMPLE.mayAdminister("a", "a") && SIMPLE.mayAdminister("root", "b"));
    assertFalse(SIMPLE.mayAdminister("a", "b"));
    assertTrue(SIMPLE.mayManageToken("bob", token("t", "{'owner':'bob'}")));
    assertFalse(SIMPLE.mayManageToken("bob", token("t", "{}")));
    var effective = new ServiceDescription(Samples.complete());
    assertTrue(SIMPLE.mayManageService("alice", effective));
    assertFalse(SIMPLE.mayManageService("bob", effective));
  }
}
