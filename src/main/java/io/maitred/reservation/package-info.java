/**
 * A service's slots: the reserver that leases them to routers, and each router's pool that gives
 * them to requests. Talks to discovery for the instances.
 */
@NullMarked
package io.maitred.reservation;

import org.jspecify.annotations.NullMarked;
