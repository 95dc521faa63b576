/** The crowd of simulated visitors, against a small server. */
@NullMarked
package io.maitred.demo.crowd;

import org.jspecify.annotations.NullMarked;
