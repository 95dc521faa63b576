package io.maitred.service.model;

/** What a request names, before it is known who asks: {@link Sources}, or {@link Refused}. */
public sealed interface Discovery permits Sources, Refused {}
