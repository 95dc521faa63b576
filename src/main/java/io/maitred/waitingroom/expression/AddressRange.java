package io.maitred.waitingroom.expression;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Addresses of one family from the first to the last; 4 bytes or 16. */
final class AddressRange {
  /** What stands before an IPv4 address that is written as an IPv6 one. */
  private static final int MAPPED_BITS = 96;

  private final byte[] first;
  private final byte[] last;

  private AddressRange(byte[] first, byte[] last) {
    this.first = first;
    this.last = last;
  }

  /** An address, or a network as address and number of bits; empty if the text is neither. */
  static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    var bytes = bytes(slash < 0 ? text : text.substring(0, slash));
    if (bytes.length == 0) {
      return Optional.empty();
    }
    if (slash < 0) {
      return Optional.of(new AddressRange(bytes, bytes));
    }
    int bits;
    try {
      bits = Integer.parseInt(text.substring(slash + 1));
    } catch (NumberFormatException noNumber) {
      return Optional.empty();
    }
    if (bytes.length == 4 && text.indexOf(':') >= 0) {
      bits -= MAPPED_BITS;
    }
    return bits < 0 || bits > 8 * bytes.length
        ? Optional.empty()
        : Optional.of(network(bytes, bits));
  }

  /** No bytes if the text is no address. Names are never looked up. */
  private static byte[] bytes(String text) {
    var bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null || text.indexOf('%') >= 0) {
      return new byte[0];
    }
    try {
      // an IPv4 address that is written as an IPv6 one is the IPv4 address, as in requests
      return InetAddress.getByAddress(bytes).getAddress();
    } catch (UnknownHostException wrongLength) {
      throw new IllegalStateException(wrongLength);
    }
  }

  private static AddressRange network(byte[] address, int bits) {
    var first = address.clone();
    var last = address.clone();
    for (int i = 0; i < address.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      int mask = 0xff << (8 - kept);
      first[i] &= (byte) mask;
      last[i] |= (byte) ~mask;
    }
    return new AddressRange(first, last);
  }

  /** From the first address of this to the last of the other; empty if that is no range. */
  Optional<AddressRange> to(AddressRange other) {
    return first.length == other.last.length && Arrays.compareUnsigned(first, other.last) <= 0
        ? Optional.of(new AddressRange(first, other.last))
        : Optional.empty();
  }

  boolean isSingle() {
    return Arrays.equals(first, last);
  }

  boolean contains(InetAddress address) {
    var bytes = address.getAddress();
    return bytes.length == first.length
        && Arrays.compareUnsigned(first, bytes) <= 0
        && Arrays.compareUnsigned(bytes, last) <= 0;
  }
}
