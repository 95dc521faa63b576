/**
 * What is known of a service's instances at one moment, and the rules that derive its status and
 * its deployment error.
 */
@NullMarked
package io.maitred.discovery.model;

import org.jspecify.annotations.NullMarked;
