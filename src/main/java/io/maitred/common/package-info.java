/**
 * What every part may use: the serialization marker, typed ids, checked configuration reading, and
 * the value that says why a request is refused.
 */
@NullMarked
package io.maitred.common;

import org.jspecify.annotations.NullMarked;
