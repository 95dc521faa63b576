/**
 * The waiting room in front of proxied requests: finds the room of a request, lets crawlers and
 * whatever the operator excepted pass, asks the room's worker, and answers those who have to wait.
 */
@NullMarked
package io.maitred.http.waitingroom;

import org.jspecify.annotations.NullMarked;
