package io.maitred.router.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a backend: serves one exchange after the other, and idles in between. Confined
 * to its event loop, except for {@link #address} and {@link #loop}.
 */
final class BackendConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(BackendConnection.class);

  private final BackendAddress address;
  private final Channel channel;
  private final IdleConnections idle;
  private final long idleNanos;
  private final LazyTimer timer;
  private @Nullable Exchange exchange;
  private boolean reused;
  private boolean answerSeen;
  private boolean writeFailed;
  private long idleSince;

  BackendConnection(BackendAddress address, Channel channel, IdleConnections idle, long idleNanos) {
    this.address = address;
    this.channel = channel;
    this.idle = idle;
    this.idleNanos = idleNanos;
    this.timer = new LazyTimer(channel.eventLoop(), this::timerFired);
  }

  BackendAddress address() {
    return address;
  }

  EventLoop loop() {
    return channel.eventLoop();
  }

  boolean isActive() {
    return channel.isActive();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Whether it has served an exchange before the present one. */
  boolean isReused() {
    return reused;
  }

  /** Whether a byte has come since the present exchange began. */
  boolean isAnswerSeen() {
    return answerSeen;
  }

  void assign(Exchange next) {
    exchange = next;
    answerSeen = false;
  }

  /** Ends the exchange's use: the connection idles, or is closed when it cannot be used again. */
  void release(boolean reusable) {
    exchange = null;
    if (!reusable || writeFailed || !channel.isActive()) {
      close();
      return;
    }
    reused = true;
    resume();
    idleSince = System.nanoTime();
    if (idle.offer(this)) {
      timer.wakeAt(idleSince + idleNanos);
    } else {
      close();
    }
  }

  void close() {
    var unused = channel.close();
  }

  /** Ends what is in flight; idle connections are closed too. */
  void abort() {
    if (exchange != null) {
      exchange.abort();
    } else {
      closeIdle();
    }
  }

  void pause() {
    channel.config().setAutoRead(false);
  }

  void resume() {
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  void wakeAt(long nanos) {
    timer.wakeAt(nanos);
  }

  ByteBuf buffer(int capacity) {
    return channel.alloc().directBuffer(capacity);
  }

  /** Takes over the buffer. A failure stops the upload only: an early answer may still be read. */
  void write(ByteBuf bytes) {
    channel.writeAndFlush(bytes).addListener((ChannelFutureListener) this::written);
  }

  private void written(io.netty.channel.ChannelFuture future) {
    if (!future.isSuccess()) {
      writeFailed = true;
      if (exchange != null) {
        exchange.writeFailed();
      }
    }
  }

  /** The decoder that belongs in front of this handler. */
  HttpResponseDecoder decoder(int headerLimit) {
    var config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(headerLimit)
            .setMaxHeaderSize(headerLimit)
            .setMaxChunkSize(64 * 1024)
            .setValidateHeaders(false);
    return new HttpResponseDecoder(config) {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        answerSeen = true;
        super.channelRead(context, message);
      }

      @Override
      protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return (exchange != null && exchange.isHead()) || super.isContentAlwaysEmpty(message);
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      var current = exchange;
      if (current == null) {
        // nobody asked: what follows cannot be matched to a request
        closeIdle();
        return;
      }
      if (message instanceof HttpResponse head) {
        current.headRead(head);
      }
      if (message instanceof HttpContent content && exchange == current) {
        current.contentRead(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (exchange != null) {
      exchange.readPaused();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (exchange != null && channel.isWritable()) {
      exchange.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    timer.cancel();
    idle.remove(this);
    var current = exchange;
    exchange = null;
    if (current != null) {
      current.connectionClosed(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("Connection to {} failed: {}", address, cause.toString());
    close();
  }

  private void timerFired() {
    if (exchange != null) {
      exchange.timerFired();
    } else if (System.nanoTime() - idleSince >= idleNanos) {
      closeIdle();
    } else {
      timer.wakeAt(idleSince + idleNanos);
    }
  }

  /** Closes, unless somebody has just taken it and is about to use it. */
  private void closeIdle() {
    if (idle.remove(this)) {
      close();
    }
  }
}
