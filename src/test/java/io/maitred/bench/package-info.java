/** Measurements of single parts. */
@NullMarked
package io.maitred.bench;

import org.jspecify.annotations.NullMarked;
