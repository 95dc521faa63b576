/** What is known of a server that somebody else runs. Plain Java. */
@NullMarked
package io.maitred.scheduler.fixed.model;

import org.jspecify.annotations.NullMarked;
