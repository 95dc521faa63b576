package io.maitred.scheduler.local;

import io.maitred.scheduler.local.model.CheckResult;
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
final class HealthChecker implements AutoCloseable {
  private final Duration timeout;
  private final int maxInFlight;
  private final String userAgent;
  private final SslContext tls;
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("maitred-local-health", true), NioIoHandler.newFactory());
  // Both only touched by the loop's thread.
  private final Queue<Check> waiting = new ArrayDeque<>();
  private int inFlight;

  /**
   * @param timeout to connect, and again to get the first part of the answer
   * @param maxInFlight more checks than this wait; there are never more than instances
   */
  HealthChecker(Duration timeout, int maxInFlight, String userAgent) {
    this.timeout = timeout;
    this.maxInFlight = maxInFlight;
    this.userAgent = userAgent;
    try {
      // As towards the services of a request: they come with certificates that nobody has signed.
      this.tls =
          SslContextBuilder.forClient()
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .endpointIdentificationAlgorithm("")
              .build();
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS in this Java", e);
    }
  }

  /**
   * @param credentials {@code user:password} for basic authentication, or null
   * @param principal the user in whose name the check is done, with credentials
   */
  record Target(
      String host,
      int port,
      boolean secure,
      String path,
      String checkId,
      @Nullable String credentials,
      String principal) {}

  /** The stage never fails: whatever happens is a result. */
  CompletableFuture<CheckResult> check(Target target) {
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
            .connect(check.target.host, check.target.port);
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
                  inFlight--;
                  startWaiting();
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
          check.done(CheckResult.NO_TLS);
        }
      }
    }

    private void send(ChannelHandlerContext context) {
      var target = check.target;
      var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target.path);
      var headers = request.headers();
      headers
          .set(HttpHeaderNames.HOST, target.host + ":" + target.port)
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
        return CheckResult.NO_TLS;
      }
      return root instanceof ConnectException ? CheckResult.REFUSED : CheckResult.HUNG_UP;
    }
  }
}
