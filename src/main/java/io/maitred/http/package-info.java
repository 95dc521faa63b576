/** The front end: HTTP server, classification of requests, and the rendering of errors. */
@NullMarked
package io.maitred.http;

import org.jspecify.annotations.NullMarked;
