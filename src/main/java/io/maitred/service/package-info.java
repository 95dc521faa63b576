/**
 * Service descriptions, tokens and references: the durable entities and the node-local tables that
 * every request reads. What keeps and mirrors them is in {@code store}.
 */
@NullMarked
package io.maitred.service;

import org.jspecify.annotations.NullMarked;
