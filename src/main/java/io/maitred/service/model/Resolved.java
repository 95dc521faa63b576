package io.maitred.service.model;

/**
 * What a request of a known caller means: {@link Descriptor}, {@link ConsentRequired}, or {@link
 * Refused}.
 */
public sealed interface Resolved permits Descriptor, ConsentRequired, Refused {}
