package io.maitred.waitingroom.ticket;

import io.maitred.waitingroom.model.RoomId;
import io.maitred.waitingroom.model.Ticket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens tickets for one thread, with buffers that are used again and again.
 *
 * <p>No key may ever meet the same initialisation vector twice. Each sealer starts at a random one
 * and counts up: two sealers meet by chance only when their ranges of the 96 bits overlap, which is
 * far less likely than that two of as many random vectors are equal.
 */
final class Sealer {
  private static final byte VERSION = 1;
  private static final int PREFIX = 2;
  private static final int IV = 12;
  private static final int HEAD = PREFIX + IV;
  private static final int TAG = 16;
  private static final int ROOM = 16;
  private static final int MAX_SEALED = HEAD + TicketBytes.MAX + TAG;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Cipher cipher;
  private final TicketBytes content = new TicketBytes();
  private final byte[] iv = new byte[IV];
  private final byte[] sealed = new byte[MAX_SEALED];
  private final byte[] text = new byte[Base64Url.length(MAX_SEALED)];
  private final byte[] associated = new byte[PREFIX + ROOM];
  private int sealedLength;

  Sealer() {
    RANDOM.nextBytes(iv);
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no AES-GCM", e);
    }
  }

  String seal(RoomId room, Ticket ticket, int keyId, SecretKey key)
      throws GeneralSecurityException {
    int length = content.write(ticket);
    sealed[0] = VERSION;
    sealed[1] = (byte) keyId;
    countUp();
    System.arraycopy(iv, 0, sealed, PREFIX, IV);
    start(Cipher.ENCRYPT_MODE, room, key);
    int end = HEAD + cipher.doFinal(content.bytes, 0, length, sealed, HEAD);
    return Base64Url.encode(sealed, end, text);
  }

  /**
   * Takes a text to be opened.
   *
   * @return false when it cannot be a sealed ticket
   */
  boolean read(String value) {
    sealedLength = Base64Url.decode(value, sealed);
    return sealedLength > HEAD + TAG && sealed[0] == VERSION;
  }

  /** The key that opens what was read. */
  int keyId() {
    return sealed[1] & 0xff;
  }

  /**
   * The ticket that was read.
   *
   * @return null when what was sealed is no ticket
   */
  @Nullable Ticket open(RoomId room, SecretKey key) throws GeneralSecurityException {
    start(Cipher.DECRYPT_MODE, room, key);
    int length = cipher.doFinal(sealed, HEAD, sealedLength - HEAD, content.bytes, 0);
    return content.read(length);
  }

  private void start(int mode, RoomId room, SecretKey key) throws GeneralSecurityException {
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, sealed, PREFIX, IV));
    System.arraycopy(sealed, 0, associated, 0, PREFIX);
    var id = room.value();
    for (int i = 0; i < ROOM; i++) {
      associated[PREFIX + i] =
          (byte)
              ((Character.digit(id.charAt(2 * i), 16) << 4)
                  | Character.digit(id.charAt(2 * i + 1), 16));
    }
    cipher.updateAAD(associated);
  }

  private void countUp() {
    for (int i = IV - 1; i >= 0 && ++iv[i] == 0; i--) {
      // carries
    }
  }
}
