package dev.tapewise.examples;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.util.Locale;

/** Two logarithmic axes over a rectangle of a picture. */
final class LogAxes {
  private static final double[] STEPS = {1, 2, 5};

  private final Rectangle area;
  private final double left;
  private final double right;
  private final double bottom;
  private final double top;

  /** Axes from {@code left} to {@code right} and from {@code bottom} to {@code top}. */
  LogAxes(Rectangle area, double left, double right, double bottom, double top) {
    this.area = area;
    this.left = left;
    this.right = right;
    this.bottom = bottom;
    this.top = top;
  }

  double x(double value) {
    return area.x + area.width * Math.log(value / left) / Math.log(right / left);
  }

  double y(double value) {
    return area.y + area.height * (1 - Math.log(value / bottom) / Math.log(top / bottom));
  }

  double left() {
    return left;
  }

  double right() {
    return right;
  }

  double bottom() {
    return bottom;
  }

  Rectangle area() {
    return area;
  }

  /** Grid lines at 1, 2, 5 times the powers of ten, each with its number. */
  void draw(Graphics2D g) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    FontMetrics letters = g.getFontMetrics();
    g.setStroke(new BasicStroke(1));
    for (int power = -3; power <= 6; power++) {
      for (double step : STEPS) {
        double value = step * Math.pow(10, power);
        String label = label(value);
        g.setColor(Palette.GRID);
        if (value >= left && value <= right) {
          int at = (int) Math.round(x(value));
          g.drawLine(at, area.y, at, area.y + area.height);
          g.setColor(Palette.QUIET);
          g.drawString(label, at - letters.stringWidth(label) / 2, area.y + area.height + 18);
        }
        g.setColor(Palette.GRID);
        if (value >= bottom && value <= top) {
          int at = (int) Math.round(y(value));
          g.drawLine(area.x, at, area.x + area.width, at);
          g.setColor(Palette.QUIET);
          g.drawString(label, area.x - 8 - letters.stringWidth(label), at + 4);
        }
      }
    }
  }

  private static String label(double value) {
    return value >= 1
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "");
  }
}
