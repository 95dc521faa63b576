/**
 * The rules of the local scheduler as plain values: what becomes of an instance, which ports are
 * free. Talks to nobody.
 */
@NullMarked
package io.maitred.scheduler.local.model;

import org.jspecify.annotations.NullMarked;
