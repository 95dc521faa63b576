/** Keeps templates of pages for a while, so that people can look at them before they are used. */
@NullMarked
package io.maitred.waitingroom.preview;

import org.jspecify.annotations.NullMarked;
