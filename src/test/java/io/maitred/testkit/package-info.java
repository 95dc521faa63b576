/** Real nodes as processes, a backend that counts, and clients, for tests from outside. */
@NullMarked
package io.maitred.testkit;

import org.jspecify.annotations.NullMarked;
