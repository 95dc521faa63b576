package io.maitred.simulation;

/** How many new visitors come, by time since the start. */
@FunctionalInterface
interface ArrivalCurve {

  /**
   * @param second since the start
   * @return visitors per second, 0 or more
   */
  double rate(double second);

  default ArrivalCurve plus(ArrivalCurve other) {
    return second -> rate(second) + other.rate(second);
  }

  /** The same all the time. */
  static ArrivalCurve steady(double perMinute) {
    return second -> perMinute / 60;
  }

  /** A number of visitors within some seconds, evenly. */
  static ArrivalCurve spike(double visitors, double from, double seconds) {
    return second -> second >= from && second < from + seconds ? visitors / seconds : 0;
  }

  /** A sale opens: all at once a great many, who get fewer and fewer. */
  static ArrivalCurve flashSale(double perMinuteAtFirst, double from, double halfLifeSeconds) {
    return second ->
        second < from
            ? 0
            : perMinuteAtFirst / 60 * Math.pow(0.5, (second - from) / halfLifeSeconds);
  }

  /**
   * A day: few at night, most around noon and in the evening.
   *
   * @param lowest per minute, at four in the morning
   * @param highest per minute, at noon; the evening has nine tenths of that
   */
  static ArrivalCurve day(double lowest, double highest) {
    return second -> {
      double hour = second / 3600 % 24;
      double noon = Math.exp(-Math.pow((hour - 12.5) / 2.2, 2));
      double evening = 0.9 * Math.exp(-Math.pow((hour - 20) / 1.7, 2));
      return (lowest + (highest - lowest) * Math.max(noon, evening)) / 60;
    };
  }
}
