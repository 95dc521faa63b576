package io.maitred.waitingroom.model;

import com.fasterxml.jackson.annotation.JsonFormat;

/** Which report of a data center: tells which of two is newer. */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record ReportStamp(long incarnation, long sequence) {

  static ReportStamp of(DataCenterReport report) {
    return new ReportStamp(report.incarnation(), report.sequence());
  }

  public boolean isNewerThan(ReportStamp other) {
    return incarnation != other.incarnation
        ? incarnation > other.incarnation
        : sequence > other.sequence;
  }
}
