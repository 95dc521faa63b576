/**
 * One request's way: resolve, gate, reserve, forward, release. Talks to reservation for slots and
 * to backends over persistent connections.
 */
@NullMarked
package io.maitred.router;

import org.jspecify.annotations.NullMarked;
