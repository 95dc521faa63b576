/** The rules of a forwarded request as plain values: headers, and what each failure means. */
@NullMarked
package io.maitred.router.model;

import org.jspecify.annotations.NullMarked;
