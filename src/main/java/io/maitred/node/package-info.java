/** Guardian, wiring, cluster join, data center, shutdown: the only package that sees all others. */
@NullMarked
package io.maitred.node;

import org.jspecify.annotations.NullMarked;
