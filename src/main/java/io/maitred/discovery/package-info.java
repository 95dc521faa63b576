/**
 * Which instances and routers exist, and which are healthy: the singleton that owns the scheduler
 * adapter, and the snapshot of its findings that every node keeps. Talks to the scheduler adapter.
 */
@NullMarked
package io.maitred.discovery;

import org.jspecify.annotations.NullMarked;
