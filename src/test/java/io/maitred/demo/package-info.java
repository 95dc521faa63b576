/** Small servers for measurements. */
@NullMarked
package io.maitred.demo;

import org.jspecify.annotations.NullMarked;
