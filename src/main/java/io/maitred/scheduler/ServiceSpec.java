package io.maitred.scheduler;

import io.maitred.common.CborSerializable;
import io.maitred.common.ServiceId;
import io.maitred.service.model.ServiceDescription;

/**
 * What a scheduler needs to run a service.
 *
 * @param effective the description with all defaults and overrides applied
 * @param password the service's own password: env {@code WAITER_PASSWORD}, and basic auth towards
 *     it
 */
public record ServiceSpec(ServiceId id, ServiceDescription effective, String password)
    implements CborSerializable {}
