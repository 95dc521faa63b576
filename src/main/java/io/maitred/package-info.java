/** Maitred: the entry point of a node. */
@NullMarked
package io.maitred;

import org.jspecify.annotations.NullMarked;
