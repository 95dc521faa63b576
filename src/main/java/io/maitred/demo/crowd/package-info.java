/**
 * A crowd of simulated visitors for an application behind a waiting room: for the demonstration and
 * for load measurements. Speaks HTTP only, as browsers do, and keeps a cookie for each visitor.
 */
@NullMarked
package io.maitred.demo.crowd;

import org.jspecify.annotations.NullMarked;
