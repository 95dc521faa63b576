package io.maitred.service.model;

/** Who may act for whom (contract waiter 11.9). A subject is the name of an authenticated user. */
public interface Entitlements {

  /** Whether the subject may start services that run as the user. */
  boolean mayRunAs(String subject, String user);

  /** Whether the subject may own what runs as the user. */
  boolean mayOwn(String subject, String user);

  /** Whether the subject may change and stop what belongs to the user. */
  boolean mayManage(String subject, String user);

  /** Whether the subject may do to the user's things what only administrators may. */
  boolean mayAdminister(String subject, String user);

  /** Whether the subject may change the token: it manages what belongs to the owner. */
  default boolean mayManageToken(String subject, TokenDocument token) {
    var owner = token.owner();
    return owner != null && mayManage(subject, owner);
  }

  /** Whether the subject may override, suspend, stop the service. */
  default boolean mayManageService(String subject, ServiceDescription effective) {
    var user = effective.string("run-as-user");
    return user != null && mayManage(subject, user);
  }
}
