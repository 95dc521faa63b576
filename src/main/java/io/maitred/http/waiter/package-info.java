/** Routes of Waiter's REST API. */
@NullMarked
package io.maitred.http.waiter;

import org.jspecify.annotations.NullMarked;
