/** Several schedulers behind the one port: each service belongs to one of them. */
@NullMarked
package io.maitred.scheduler.composite;

import org.jspecify.annotations.NullMarked;
