package io.maitred.waitingroom.model.config;

import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * What others know of the texts of a configuration. The functions are pure and called from any
 * thread.
 *
 * @param template what is wrong with a page as a template; empty when it can be parsed
 * @param expression what is wrong with a bypass expression, and where; empty when it is valid
 * @param hostOfZone whether a host, in lower case, belongs to a zone: (zone, host)
 */
public record ConfigChecks(
    Function<String, Optional<String>> template,
    Function<String, Optional<String>> expression,
    BiPredicate<String, String> hostOfZone) {}
