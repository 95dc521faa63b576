/** Tests of whole clusters from outside: real processes, sockets and signals. */
@NullMarked
package io.maitred.cluster;

import org.jspecify.annotations.NullMarked;
