package io.maitred.scheduler;

import io.maitred.service.model.Instance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One service as the scheduler sees it now. Reports are whole: an instance that is absent is gone.
 *
 * @param requested instances that were asked for
 * @param active running ones
 * @param failed ended by themselves or by a rule of the scheduler, newest last, at most 10
 * @param killed ended on request, newest last, at most 12
 * @param error the scheduler's own reason why it cannot start, or null
 */
public record ServiceReport(
    ServiceSpec spec,
    int requested,
    List<Instance> active,
    List<Instance> failed,
    List<Instance> killed,
    @Nullable String error) {

  public ServiceReport {
    active = List.copyOf(active);
    failed = List.copyOf(failed);
    killed = List.copyOf(killed);
  }
}
