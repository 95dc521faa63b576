/** Names, and what pods and ReplicaSets mean for instances and services. Plain Java. */
@NullMarked
package io.maitred.scheduler.kubernetes.model;

import org.jspecify.annotations.NullMarked;
