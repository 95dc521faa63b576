package io.maitred.common;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Addresses of one family from the first to the last; IPv4 or IPv6. */
public final class AddressRange {
  /** What stands before an IPv4 address that is written as an IPv6 one. */
  private static final int MAPPED_BITS = 96;

  private final byte[] first;
  private final byte[] last;

  private AddressRange(byte[] first, byte[] last) {
    this.first = first;
    this.last = last;
  }

  /** An address, or a network as address and number of bits; empty if the text is neither. */
  public static Optional<AddressRange> of(String text) {
    int slash = text.indexOf('/');
    var address = address(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    var bytes = address.get().getAddress();
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

  /**
   * An address that is written in numbers; nothing is ever asked of a name service. An IPv4 address
   * that is written as an IPv6 one is the IPv4 address, as in requests.
   */
  public static Optional<InetAddress> address(String text) {
    var bytes =
        text.indexOf('%') >= 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.trim());
    try {
      return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addresses have 4 or 16 bytes", e);
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
  public Optional<AddressRange> to(AddressRange other) {
    return first.length == other.last.length && Arrays.compareUnsigned(first, other.last) <= 0
        ? Optional.of(new AddressRange(first, other.last))
        : Optional.empty();
  }

  public boolean isSingle() {
    return Arrays.equals(first, last);
  }

  /** Whether an address lies in the range; never for one of the other family. */
  public boolean contains(InetAddress address) {
    var bytes = address.getAddress();
    return bytes.length == first.length
        && Arrays.compareUnsigned(first, bytes) <= 0
        && Arrays.compareUnsigned(bytes, last) <= 0;
  }
}
