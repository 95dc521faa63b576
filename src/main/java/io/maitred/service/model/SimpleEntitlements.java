package io.maitred.service.model;

/**
 * Everybody acts for himself alone; the user of the server's own process also administers.
 *
 * @param serverUser the operating-system user that this process runs as
 */
public record SimpleEntitlements(String serverUser) implements Entitlements {

  @Override
  public boolean mayRunAs(String subject, String user) {
    return subject.equals(user);
  }

  @Override
  public boolean mayOwn(String subject, String user) {
    return subject.equals(user);
  }

  @Override
  public boolean mayManage(String subject, String user) {
    return subject.equals(user);
  }

  @Override
  public boolean mayAdminister(String subject, String user) {
    return subject.equals(user) || subject.equals(serverUser);
  }
}
