package io.maitred.router.backend;

import akka.stream.Materializer;
import io.maitred.common.HostNames;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to backends over persistent HTTP/1.1 connections. Safe to use from all threads.
 */
public final class BackendClient {
  private static final Logger LOG = LoggerFactory.getLogger(BackendClient.class);

  private final BackendSettings settings;
  private final Materializer materializer;
  private final MultiThreadIoEventLoopGroup loops;
  private final Bootstrap bootstrap;
  private final IdleConnections idle;
  private final HostNames names;
  private final BackendTls tls;
  private final Set<BackendConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Starts the event loops.
   *
   * @param materializer runs the request bodies' streams
   */
  public BackendClient(BackendSettings settings, Materializer materializer) {
    this.settings = settings;
    this.materializer = materializer;
    int threads =
        settings.eventLoops() == 0
            ? Runtime.getRuntime().availableProcessors()
            : settings.eventLoops();
    boolean epoll = Epoll.isAvailable();
    this.loops =
        new MultiThreadIoEventLoopGroup(
            threads,
            new DefaultThreadFactory("maitred-backend", true),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    this.bootstrap =
        new Bootstrap()
            .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            // a failed write must not lose an answer that can still be read
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis());
    this.idle = new IdleConnections(settings.maxIdlePerBackend(), settings.maxIdle());
    this.names = new HostNames("maitred-names");
    this.tls = new BackendTls(settings.trustAll());
  }

  /** Sends a request, over an idle connection if there is one. */
  public Exchange send(BackendAddress address, BackendRequest request) {
    var reused = idle.take(address);
    var loop = reused == null ? loops.next() : reused.loop();
    var exchange = new Exchange(this, address, request, loop, materializer);
    try {
      loop.execute(() -> startOrAbort(exchange, reused));
    } catch (RejectedExecutionException e) {
      // closed: the event loops have ended
      exchange.abort();
    }
    return exchange;
  }

  /** Closes the idle connections of a backend that is no more. */
  public void evict(BackendAddress address) {
    for (var connection : idle.removeAll(address)) {
      connection.loop().execute(connection::close);
    }
  }

  /** Ends everything in flight with {@code ABORTED}, and closes all connections. */
  public void abortAll() {
    for (var connection : connections) {
      connection.loop().execute(connection::abort);
    }
  }

  /** Aborts what is in flight, closes all connections and stops the event loops. */
  public CompletionStage<Void> close() {
    closed = true;
    abortAll();
    names.close();
    var stopped = new CompletableFuture<Void>();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(done -> stopped.complete(null));
    return stopped;
  }

  /** Open connections, idle or not. */
  public int connections() {
    return connections.size();
  }

  /** Connections that wait for a request. */
  public int idleConnections() {
    return idle.total();
  }

  boolean isClosed() {
    return closed;
  }

  BackendSettings settings() {
    return settings;
  }

  /** An exchange that could not begin must end all the same, or its slot would be lost. */
  private void startOrAbort(Exchange exchange, @Nullable BackendConnection reused) {
    try {
      start(exchange, reused);
    } catch (RuntimeException e) {
      LOG.error("A request to {} could not be started", exchange.address(), e);
      exchange.abort();
    }
  }

  private void start(Exchange exchange, @Nullable BackendConnection reused) {
    if (reused != null && reused.isActive()) {
      exchange.begin(reused);
    } else if (closed) {
      exchange.abort();
    } else {
      connect(exchange);
    }
  }

  /** Opens a connection on the exchange's event loop and begins. */
  void connect(Exchange exchange) {
    var address = exchange.address();
    var literal = HostNames.literal(address.host());
    if (literal != null) {
      connect(exchange, literal);
      return;
    }
    var unused =
        names
            .resolve(address.host())
            .orTimeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (resolved, failure) -> {
                  if (failure != null) {
                    exchange.connectFailed();
                  } else {
                    connect(exchange, resolved);
                  }
                },
                exchange.loop());
  }

  private void connect(Exchange exchange, InetAddress host) {
    var address = exchange.address();
    var loop = exchange.loop();
    bootstrap
        .clone(loop)
        .handler(new Initializer(address, loop))
        .connect(new InetSocketAddress(host, address.port()))
        .addListener(
            (ChannelFutureListener)
                connected -> {
                  if (connected.isSuccess()) {
                    ready(exchange, connected.channel());
                  } else {
                    exchange.connectFailed();
                  }
                });
  }

  private void ready(Exchange exchange, Channel channel) {
    var connection = channel.pipeline().get(BackendConnection.class);
    var secured = channel.pipeline().get(SslHandler.class);
    if (secured == null) {
      exchange.begin(connection);
      return;
    }
    secured
        .handshakeFuture()
        .addListener(
            shaken -> {
              if (shaken.isSuccess()) {
                exchange.begin(connection);
              } else {
                connection.close();
                exchange.connectFailed();
              }
            });
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    private final BackendAddress address;
    private final EventLoop loop;

    Initializer(BackendAddress address, EventLoop loop) {
      this.address = address;
      this.loop = loop;
    }

    @Override
    protected void initChannel(Channel channel) {
      var connection =
          new BackendConnection(address, channel, idle, settings.idleTimeout().toNanos());
      connections.add(connection);
      channel.closeFuture().addListener(gone -> connections.remove(connection));
      var pipeline = channel.pipeline();
      if (address.secure()) {
        pipeline.addLast(tls.handler(channel, address, settings.connectTimeout()));
      }
      pipeline.addLast(connection.decoder(settings.responseHeaderLimit()), connection);
      if (closed) {
        loop.execute(connection::close);
      }
    }
  }
}
