package io.maitred.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Line charts above each other that share the time axis, as SVG. */
final class LineChart {
  private static final int WIDTH = 900;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 46;
  private static final int PANEL = 150;
  private static final int GAP = 46;
  private static final int POINTS = 600;
  private static final int TICKS = 4;

  /**
   * A line.
   *
   * @param values evenly spaced in time
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Line(String name, String color, double[] values) {}

  private record Panel(String title, List<Line> lines) {}

  private final String title;
  private final double minutes;
  private final List<Panel> panels = new ArrayList<>();

  LineChart(String title, double minutes) {
    this.title = title;
    this.minutes = minutes;
  }

  LineChart panel(String panelTitle, Line... lines) {
    panels.add(new Panel(panelTitle, List.of(lines)));
    return this;
  }

  String svg() {
    int height = TOP + panels.size() * (PANEL + GAP) + 10;
    var svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">\n",
            WIDTH, height, WIDTH, height));
    svg.append(format("<title>%s</title>\n", escaped(title)));
    svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", WIDTH, height));
    svg.append(
        format("<text x=\"%d\" y=\"22\" font-size=\"16\">%s</text>\n", LEFT, escaped(title)));
    for (int i = 0; i < panels.size(); i++) {
      draw(panels.get(i), TOP + i * (PANEL + GAP), svg);
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Panel panel, int top, StringBuilder svg) {
    double highest =
        panel.lines().stream()
            .flatMapToDouble(line -> Arrays.stream(line.values()))
            .max()
            .orElse(0);
    double step = step(highest / TICKS);
    double full = Math.max(step, Math.ceil(highest / step) * step);
    int bottom = top + PANEL;
    svg.append(
        format("<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, top - 6, escaped(panel.title())));
    for (double value = 0; value <= full * 1.001; value += step) {
      double y = bottom - PANEL * value / full;
      svg.append(
          format(
              "<path d=\"M%d %.1fH%d\" stroke=\"#e3e3e3\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
              LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4, number(value)));
    }
    double every = step(minutes / 8);
    for (double minute = 0; minute <= minutes * 1.001; minute += every) {
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
              LEFT + (WIDTH - LEFT - RIGHT) * minute / minutes, bottom + 16, number(minute)));
    }
    int legend = WIDTH - RIGHT;
    for (int i = panel.lines().size() - 1; i >= 0; i--) {
      var line = panel.lines().get(i);
      svg.append(
          format(
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>\n",
              legend, top - 6, line.color(), escaped(line.name())));
      legend -= 12 + 7 * line.name().length();
    }
    for (var line : panel.lines()) {
      svg.append(
          format(
              "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.4\"/>\n",
              path(line.values(), full, bottom), line.color()));
    }
  }

  /** Of many values that fall on one point the highest is shown: peaks are what matters. */
  private static String path(double[] values, double full, int bottom) {
    int points = Math.min(POINTS, values.length);
    var path = new StringBuilder();
    for (int i = 0; i < points; i++) {
      int from = (int) ((long) i * values.length / points);
      int to = (int) ((long) (i + 1) * values.length / points);
      double value = Arrays.stream(values, from, to).max().orElse(0);
      path.append(
          format(
              "%s%.1f %.1f",
              i == 0 ? "M" : "L",
              LEFT + (WIDTH - LEFT - RIGHT) * (double) i / Math.max(1, points - 1),
              bottom - PANEL * value / full));
    }
    return path.toString();
  }

  /** A round number that is not below another one. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-3))));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * 0.999) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? format("%,d", (long) value) : format("%.2f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String pattern, Object... arguments) {
    return String.format(Locale.ROOT, pattern, arguments);
  }
}
