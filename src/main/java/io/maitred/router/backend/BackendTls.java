package io.maitred.router.backend;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS to backends by the JDK's engine; certificates are checked unless all are to be trusted. */
final class BackendTls {
  private final boolean trustAll;
  private volatile @Nullable SslContext context;

  BackendTls(boolean trustAll) {
    this.trustAll = trustAll;
  }

  SslHandler handler(Channel channel, BackendAddress address, Duration handshakeTimeout) {
    var handler = context().newHandler(channel.alloc(), address.host(), address.port());
    handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return handler;
  }

  /** Built on first use: reading the trust store takes a while, and most clusters never need it. */
  private SslContext context() {
    var built = context;
    if (built == null) {
      built = build();
      context = built;
    }
    return built;
  }

  private SslContext build() {
    var builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    if (trustAll) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm("");
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS to backends cannot be set up", e);
    }
  }
}
