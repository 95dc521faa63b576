package io.maitred.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/**
 * A backend that costs as little as possible: {@code /} answers 11 bytes, {@code /bytes/N} streams
 * N bytes, and any body is read and counted. Started with the port as its only argument.
 */
@SuppressWarnings("FutureReturnValueIgnored") // void promises: nothing to ignore
public final class BenchBackend {
  private static final ByteBuf HELLO =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("Hello World", StandardCharsets.US_ASCII).asReadOnly());
  private static final ByteBuf PIECE =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(65536).writeZero(65536).asReadOnly());

  private BenchBackend() {}

  public static void main(String[] args) throws Exception {
    start(Integer.parseInt(args[0])).closeFuture().sync();
  }

  /** Listens on loopback; port 0 lets the system choose. */
  public static Channel start(int port) throws InterruptedException {
    boolean epoll = Epoll.isAvailable();
    var loops =
        new MultiThreadIoEventLoopGroup(
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    return new ServerBootstrap()
        .group(loops)
        .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpServerCodec(), new Answers());
              }
            })
        .bind(System.getenv().getOrDefault("WAITER_HOST", "127.0.0.1"), port)
        .sync()
        .channel();
  }

  private static final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    private String path = "/";
    private long received;
    private long left;

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
      if (message instanceof HttpRequest request) {
        path = request.uri();
        received = 0;
      }
      if (message instanceof HttpContent content) {
        received += content.content().readableBytes();
      }
      if (message instanceof LastHttpContent) {
        answer(context);
      }
    }

    private void answer(ChannelHandlerContext context) {
      if (path.startsWith("/bytes/")) {
        left = Long.parseLong(path.substring("/bytes/".length()));
        var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, left);
        context.write(head, context.voidPromise());
        send(context);
        return;
      }
      var body =
          received == 0
              ? HELLO.duplicate()
              : Unpooled.copiedBuffer(Long.toString(received), StandardCharsets.US_ASCII);
      var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      context.writeAndFlush(response, context.voidPromise());
    }

    private void send(ChannelHandlerContext context) {
      while (left > 0 && context.channel().isWritable()) {
        int size = (int) Math.min(left, PIECE.readableBytes());
        left -= size;
        context.write(new DefaultHttpContent(PIECE.slice(0, size)), context.voidPromise());
        if (left == 0) {
          context.write(LastHttpContent.EMPTY_LAST_CONTENT, context.voidPromise());
        }
      }
      context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (left > 0 && context.channel().isWritable()) {
        send(context);
      }
    }
  }
}
