/** Largest-remainder division of a whole among weighted parts, in exact integers. */
@NullMarked
package io.maitred.division;

import org.jspecify.annotations.NullMarked;
