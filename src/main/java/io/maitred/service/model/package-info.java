/**
 * The rules of tokens and service descriptions as plain values: validation, merge, service id,
 * edits of a token, and the instances that serve a description.
 */
@NullMarked
package io.maitred.service.model;

import org.jspecify.annotations.NullMarked;
