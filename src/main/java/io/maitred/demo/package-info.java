/**
 * A small HTTP service for demonstrations and tests, which delays, echoes, fails and counts as it
 * is told. Runs as its own process, uses the JDK only and no other part of Maitred.
 */
@NullMarked
package io.maitred.demo;

import org.jspecify.annotations.NullMarked;
