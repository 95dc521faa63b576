package io.maitred.waitingroom.model;

import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.QueueingMethod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Cells, reports and configurations for tests, in few words. */
final class Cells {
  static final RoomId ROOM = new RoomId("0123456789abcdef0123456789abcdef");

  private final List<RoomCells.Active> active = new ArrayList<>();
  private final List<RoomCells.Waiting> waiting = new ArrayList<>();
  private final List<RoomCells.PerMinute> newUsers = new ArrayList<>();
  private final List<RoomCells.PerMinute> traffic = new ArrayList<>();

  static Cells cells() {
    return new Cells();
  }

  /** A time of 27 May 2021, as {@code 16:33:20}. */
  static Instant at(String time) {
    return Instant.parse("2021-05-27T" + time + "Z");
  }

  static long millis(String time) {
    return at(time).toEpochMilli();
  }

  /** A minute of 27 May 2021, as {@code 16:33}. */
  static long minute(String time) {
    return RoomTime.minute(at(time + ":00"));
  }

  static long key(String minute) {
    return QueueKey.ofMinute(minute(minute));
  }

  Cells active(String home, String time, long users) {
    active.add(new RoomCells.Active(home, RoomTime.cell(at(time)), users));
    return this;
  }

  Cells waiting(String bucket, String lastMinute, long users) {
    return waiting(key(bucket), lastMinute, users);
  }

  Cells waiting(long key, String lastMinute, long users) {
    waiting.add(new RoomCells.Waiting(key, minute(lastMinute), users));
    return this;
  }

  Cells newUsers(String minute, long users) {
    newUsers.add(new RoomCells.PerMinute(minute(minute), users));
    return this;
  }

  Cells traffic(String minute, long users) {
    traffic.add(new RoomCells.PerMinute(minute(minute), users));
    return this;
  }

  RoomCells build() {
    return CellSums.of(active, waiting, newUsers, traffic);
  }

  static EffectiveConfig limits(int total, int perMinute) {
    return config(total, perMinute, 5, QueueingMethod.FIFO, false);
  }

  static EffectiveConfig config(
      int total, int perMinute, int session, QueueingMethod method, boolean queueAll) {
    return new EffectiveConfig(
        ROOM, 1, false, queueAll, null, false, total, perMinute, session, true, method, false, "");
  }

  static WorkerReport report(WorkerId worker, long sequence, String time, RoomCells cells) {
    return report(worker, sequence, millis(time), cells);
  }

  static WorkerReport report(WorkerId worker, long sequence, long epoch, RoomCells cells) {
    long admitted = cells.newUsers().stream().mapToLong(RoomCells.PerMinute::users).sum();
    return new WorkerReport(worker, sequence, epoch, cells, admitted, List.of(), 0, 0);
  }

  static DataCenterReport report(
      String dataCenter, long incarnation, long sequence, String time, RoomCells cells) {
    return new DataCenterReport(
        dataCenter, incarnation, sequence, millis(time), cells, 1, List.of(), 0, 0);
  }
}
