/**
 * The language of bypass rules: expressions over a request, checked and compiled once and evaluated
 * for each request that reaches a room. Talks to nobody; the front end says what a request is.
 */
@NullMarked
package io.maitred.waitingroom.expression;

import org.jspecify.annotations.NullMarked;
