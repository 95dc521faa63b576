package io.maitred.common;

/** Marks every message that may leave the node; bound to Jackson CBOR in {@code reference.conf}. */
public interface CborSerializable {}
