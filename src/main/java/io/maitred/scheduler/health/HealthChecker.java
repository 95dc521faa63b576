package io.maitred.scheduler.health;

import io.maitred.common.HostNames;
import io.maitred.scheduler.ServiceSpec;
import io.maitred.scheduler.health.model.CheckResult;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks instances whether they are well, many at a time on one thread, each over a connection of its
 * own that is closed as soon as the answer's head is there: a body is of no interest.
 */
// Outcomes come through the pipeline and the promise of the check, not through these futures.
@SuppressWarnings("FutureReturnValueIgnored")
public final class HealthChecker implements AutoCloseable {
  /** As whom Maitred asks. */
  public static final String AGENT = "maitred-syncer/" + version();

  private final Duration timeout;
  private final int maxInFlight;
  private final String userAgent;
  private final SslContext tls;
  private final HostNames names;
  private final EventLoopGroup loop;
  // Both only touched by the loop's thread.
  private final Queue<Check> waiting = new ArrayDeque<>();
  private int inFlight;

  /**
   * @param threadName begins the names of its threads
   * @param timeout to look up a name, to connect, and again to get the first part of the answer
   * @param maxInFlight more checks than this wait; there are never more than instances
   * @param trustAll accept any certificate; the services of a request that were started here come
   *     with certificates that nobody has signed
   */
  public HealthChecker(
      String threadName, Duration timeout, int maxInFlight, String userAgent, boolean trustAll) {
    this.timeout = timeout;
    this.maxInFlight = maxInFlight;
    this.userAgent = userAgent;
    this.names = new HostNames(threadName + "-names");
    this.loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory(threadName, true), NioIoHandler.newFactory());
    var builder = SslContextBuilder.forClient();
    if (trustAll) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm("");
    }
    try {
      this.tls = builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS in this Java", e);
    }
  }

  private static String version() {
    var version = HealthChecker.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * What to ask.
   *
   * @param host a name or an address, IPv6 without brackets
   * @param credentials {@code user:password} for basic authentication, or null
   * @param principal the user in whose name the check is done, with credentials
   */
  public record Target(
      String host,
      int port,
      boolean secure,
      String path,
      String checkId,
      @Nullable String credentials,
      String principal) {

    /** As the service's description says. */
    public static Target of(
        ServiceSpec spec, String host, int port, boolean secure, String checkId) {
      var effective = spec.effective();
      return new Target(
          host,
          port,
          secure,
          path(effective.string("health-check-url")),
          checkId,
          "standard".equals(effective.string("health-check-authentication"))
              ? "waiter:" + spec.password()
              : null,
          String.valueOf(effective.get("run-as-user")));
    }

    private static String path(@Nullable String url) {
      if (url == null) {
        return "/status";
      }
      return url.startsWith("/") ? url : "/" + url;
    }

    private String authority() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** The stage never fails: whatever happens is a result. */
  public CompletableFuture<CheckResult> check(Target target) {
    var check = new Check(target, new CompletableFuture<>());
    loop.execute(
        () -> {
          waiting.add(check);
          startWaiting();
        });
    return check.result;
  }

  private void startWaiting() {
    while (inFlight < maxInFlight && !waiting.isEmpty()) {
      inFlight++;
      start(waiting.remove());
    }
  }

  private void start(Check check) {
    check.result.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  inFlight--;
                  startWaiting();
                }));
    var literal = HostNames.literal(check.target.host);
    if (literal != null) {
      connect(check, literal);
      return;
    }
    names
        .resolve(check.target.host)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .whenCompleteAsync(
            (address, failure) -> {
              if (failure == null) {
                connect(check, address);
              } else {
                check.done(CheckResult.UNKNOWN_HOST);
              }
            },
            loop);
  }

  private void connect(Check check, InetAddress host) {
    var connected =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    fill(channel.pipeline(), check);
                  }
                })
            .connect(new InetSocketAddress(host, check.target.port));
    connected.addListener(
        done -> {
          if (!done.isSuccess()) {
            check.done(
                done.cause() instanceof io.netty.channel.ConnectTimeoutException
                    ? CheckResult.TIMED_OUT
                    : CheckResult.REFUSED);
          }
        });
    var channel = connected.channel();
    // An answer that comes byte by byte keeps the connection busy, but not for longer than this.
    var limit =
        loop.schedule(
            () -> check.done(CheckResult.TIMED_OUT), timeout.toMillis() * 2, TimeUnit.MILLISECONDS);
    check.result.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  limit.cancel(false);
                  channel.close();
                }));
  }

  private void fill(ChannelPipeline pipeline, Check check) {
    if (check.target.secure) {
      var handler =
          tls.newHandler(pipeline.channel().alloc(), check.target.host, check.target.port);
      handler.setHandshakeTimeoutMillis(timeout.toMillis());
      pipeline.addLast(handler);
    }
    pipeline.addLast(new ReadTimeoutHandler(timeout.toMillis(), TimeUnit.MILLISECONDS));
    pipeline.addLast(new HttpClientCodec());
    pipeline.addLast(new Exchange(check));
  }

  @Override
  public void close() {
    names.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private record Check(Target target, CompletableFuture<CheckResult> result) {
    void done(CheckResult outcome) {
      result.complete(outcome);
    }
  }

  /** One request and the head of its answer. */
  private final class Exchange extends SimpleChannelInboundHandler<HttpObject> {
    private final Check check;

    Exchange(Check check) {
      this.check = check;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (!check.target.secure) {
        send(context);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          send(context);
        } else {
          check.done(CheckResult.noTls(handshake.cause().getMessage()));
        }
      }
    }

    private void send(ChannelHandlerContext context) {
      var target = check.target;
      var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target.path);
      var headers = request.headers();
      headers
          .set(HttpHeaderNames.HOST, target.authority())
          .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
          .set(HttpHeaderNames.USER_AGENT, userAgent)
          .set("x-cid", "waiter-health-check-" + target.checkId)
          .set("x-waiter-request-type", "health-check");
      if (target.credentials != null) {
        var encoded =
            Base64.getEncoder().encodeToString(target.credentials.getBytes(StandardCharsets.UTF_8));
        headers
            .set(HttpHeaderNames.AUTHORIZATION, "Basic " + encoded)
            .set("x-waiter-auth-principal", target.principal)
            .set("x-waiter-authenticated-principal", target.principal);
      }
      context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
      if (message.decoderResult().isFailure()) {
        check.done(CheckResult.HUNG_UP);
      } else if (message instanceof HttpResponse response && response.status().code() >= 200) {
        check.done(CheckResult.answered(response.status().code()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      check.done(CheckResult.HUNG_UP); // does nothing if there was an answer
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      check.done(outcome(cause));
    }

    private static CheckResult outcome(Throwable cause) {
      var root =
          cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
      if (root instanceof ReadTimeoutException) {
        return CheckResult.TIMED_OUT;
      }
      if (root instanceof SSLException) {
        return CheckResult.noTls(root.getMessage());
      }
      return root instanceof ConnectException ? CheckResult.REFUSED : CheckResult.HUNG_UP;
    }
  }
}
