/**
 * Adapter for Kubernetes: one ReplicaSet for each service, one pod for each instance. Talks to the
 * API server, and to the pods when it checks their health.
 */
@NullMarked
package io.maitred.scheduler.kubernetes;

import org.jspecify.annotations.NullMarked;
