/** The scaling formula and the rules of removal as pure functions. */
@NullMarked
package io.maitred.autoscaler.model;

import org.jspecify.annotations.NullMarked;
