package io.maitred.discovery;

import akka.actor.typed.ActorRef;
import io.maitred.common.RouterId;
import io.maitred.common.ServiceId;
import io.maitred.discovery.model.ServiceView;
import io.maitred.discovery.model.ServiceView.Version;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Sends what the sync knows: one message per service, so that none grows with their number.
 * Mutable, owned by {@link SchedulerSync}.
 */
final class ViewPublisher {
  private static final int GONE_REPEATS = 2;
  private static final int MAX_GONE = 10_000;

  private record Ended(Version version, int repeats) {}

  private final RouterId leader;
  private final ActorRef<SchedulerSync.Command> sync;
  private final ViewListener listener;
  private final int idsPerMessage;
  private final Map<ServiceId, Ended> ended = new LinkedHashMap<>();
  private Set<ActorRef<ServiceDirectory.Command>> directories = Set.of();

  ViewPublisher(
      RouterId leader,
      ActorRef<SchedulerSync.Command> sync,
      ViewListener listener,
      int idsPerMessage) {
    this.leader = leader;
    this.sync = sync;
    this.listener = listener;
    this.idsPerMessage = idsPerMessage;
  }

  /** Takes the present directories; returns those that are new. */
  Set<ActorRef<ServiceDirectory.Command>> directories(
      Set<ActorRef<ServiceDirectory.Command>> present) {
    var added = new HashSet<>(present);
    added.removeAll(directories);
    directories = Set.copyOf(present);
    return added;
  }

  void changed(ServiceView view) {
    ended.remove(view.id());
    var message = new ServiceDirectory.Changed(view);
    directories.forEach(directory -> directory.tell(message));
    listener.changed(view);
  }

  void gone(ServiceId id, Version version) {
    if (ended.size() < MAX_GONE) {
      ended.put(id, new Ended(version, GONE_REPEATS));
    }
    var message = new ServiceDirectory.Gone(id, version);
    directories.forEach(directory -> directory.tell(message));
    listener.gone(id, version);
  }

  /** Directories learn of what is gone from the lists of what exists, the listener needs this. */
  void repeatGone(Predicate<ServiceId> exists) {
    var again = new HashMap<>(ended);
    again.forEach(
        (id, end) -> {
          if (exists.test(id)) {
            ended.remove(id);
            return;
          }
          listener.gone(id, end.version());
          if (end.repeats() > 1) {
            ended.put(id, new Ended(end.version(), end.repeats() - 1));
          } else {
            ended.remove(id);
          }
        });
  }

  /** All views to all directories and to the listener. */
  void everywhere(Collection<ServiceView> views, Version version) {
    everything(directories, views, version);
    views.forEach(listener::changed);
  }

  /** All views, and the list of what exists, to some directories. */
  void everything(
      Set<ActorRef<ServiceDirectory.Command>> some,
      Collection<ServiceView> views,
      Version version) {
    for (var directory : some) {
      views.forEach(view -> directory.tell(new ServiceDirectory.Changed(view)));
      tellKnown(directory, views.stream().map(ServiceView::id).toList(), version);
    }
  }

  /** The sorted ids in ranges that together cover all ids there could be. */
  private void tellKnown(
      ActorRef<ServiceDirectory.Command> directory, List<ServiceId> ids, Version version) {
    int from = 0;
    do {
      int to = Math.min(ids.size(), from + idsPerMessage);
      var after = from == 0 ? null : ids.get(from - 1);
      var upTo = to == ids.size() ? null : ids.get(to - 1);
      directory.tell(
          new ServiceDirectory.Known(version, after, upTo, ids.subList(from, to), leader, sync));
      from = to;
    } while (from < ids.size());
  }
}
