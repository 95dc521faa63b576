/**
 * The programming interface of waiting rooms, as clients of Cloudflare's know it: rooms, events,
 * rules, settings, status, previews, zones (contract waiting room 21 to 24).
 */
@NullMarked
package io.maitred.http.waitingroom.api;

import org.jspecify.annotations.NullMarked;
