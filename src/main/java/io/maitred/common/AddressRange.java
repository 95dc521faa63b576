package io.maitred.common;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Addresses that begin with the same bits, as {@code 203.0.113.0/24} or {@code 2001:db8::/32}. */
public final class AddressRange {
  private final byte[] network;
  private final int bits;

  private AddressRange(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /** A range in the usual notation; a bare address stands for itself. */
  public static Optional<AddressRange> of(String text) {
    int slash = text.indexOf('/');
    var address = address(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    var bytes = address.get().getAddress();
    int most = 8 * bytes.length;
    if (slash < 0) {
      return Optional.of(new AddressRange(bytes, most));
    }
    var bits = text.substring(slash + 1);
    return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= most
        ? Optional.of(new AddressRange(bytes, Integer.parseInt(bits)))
        : Optional.empty();
  }

  /** An address that is written in numbers; nothing is ever asked of a name service. */
  public static Optional<InetAddress> address(String text) {
    var bytes =
        text.indexOf('%') >= 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.trim());
    try {
      return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
    }
  }

  /** Whether an address lies in the range; never for one of the other family. */
  public boolean contains(InetAddress address) {
    var bytes = address.getAddress();
    int whole = bits / 8;
    if (bytes.length != network.length || !Arrays.equals(bytes, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || ((bytes[whole] ^ network[whole]) & 0xff) >>> (8 - rest) == 0;
  }
}
