package io.maitred.http.waitingroom.api;

import akka.http.javadsl.model.AttributeKey;
import io.maitred.waitingroom.model.config.Account;
import io.maitred.waitingroom.model.config.KnownZone;
import java.util.Set;

/**
 * What the bearer of a token may do.
 *
 * @param tokenId names the token without giving it away
 * @param restricted whether only the zones and accounts that follow are permitted
 * @param zones ids
 * @param accounts ids; permits their zones as well
 */
record Access(String tokenId, boolean restricted, Set<String> zones, Set<String> accounts) {
  /** Under this key an authenticated request carries its access. */
  static final AttributeKey<Access> KEY = AttributeKey.create("maitred-api-access", Access.class);

  Access {
    zones = Set.copyOf(zones);
    accounts = Set.copyOf(accounts);
  }

  boolean permits(KnownZone zone) {
    return !restricted || zones.contains(zone.id()) || accounts.contains(zone.account().id());
  }

  boolean permits(Account account) {
    return !restricted || accounts.contains(account.id());
  }
}
