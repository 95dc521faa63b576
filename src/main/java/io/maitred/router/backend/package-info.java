/**
 * The outbound HTTP/1.1 client: keeps connections to backends on Netty and speaks Akka HTTP's model
 * types. Knows nothing of services; the router calls it with a ready head and an address.
 */
@NullMarked
package io.maitred.router.backend;

import org.jspecify.annotations.NullMarked;
