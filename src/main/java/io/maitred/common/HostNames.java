package io.maitred.common;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names of backends off the event loops, since the platform's resolver blocks. Most
 * backends are known by address and never come here.
 */
public final class HostNames implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int WAITING = 1024;

  private final ThreadPoolExecutor threads;

  /**
   * @param threadNames begins the names of the threads
   */
  public HostNames(String threadNames) {
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            new DefaultThreadFactory(threadNames, true));
    threads.allowCoreThreadTimeOut(true);
  }

  /** The address that a text denotes without any look-up, or null. */
  public static @Nullable InetAddress literal(String host) {
    var bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null ? null : InetAddress.getByAddress(host, bytes);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Fails when the name is unknown, or when too many wait already. */
  public CompletableFuture<InetAddress> resolve(String host) {
    try {
      return CompletableFuture.supplyAsync(() -> lookUp(host), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Look-ups under way are given up. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  private static InetAddress lookUp(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new CompletionException(e);
    }
  }
}
