package dev.tapewise.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;
import java.util.Locale;

/**
 * Draws one curve over the steps of a training: a faint raw line, a smooth one, and dots of tests.
 */
final class CurvePanel {
  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int TOP = 34;
  private static final int BOTTOM = 34;
  private static final int TICKS = 4;

  private final Graphics2D g;
  private final int x;
  private final int y;
  private final int width;
  private final int height;
  private final double steps;
  private final double low;
  private final double high;

  /** A panel with a frame, a title and axes; values run from {@code low} to {@code high}. */
  CurvePanel(
      Graphics2D g,
      int x,
      int y,
      int width,
      int height,
      String title,
      String format,
      long steps,
      double low,
      double high) {
    this.g = g;
    this.x = x + LEFT;
    this.y = y + TOP;
    this.width = width - LEFT - RIGHT;
    this.height = height - TOP - BOTTOM;
    this.steps = Math.max(1, steps);
    this.low = low;
    this.high = high > low ? high : low + 1;
    frame(title, format);
  }

  private void frame(String title, String format) {
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    g.drawString(title, x, y - 14);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    FontMetrics letters = g.getFontMetrics();
    for (int i = 0; i <= TICKS; i++) {
      double value = low + (high - low) * i / TICKS;
      int at = (int) Math.round(down(value));
      g.setColor(i == 0 ? Palette.AXIS : Palette.GRID);
      g.setStroke(new BasicStroke(1));
      g.drawLine(x, at, x + width, at);
      String label = String.format(Locale.ROOT, format, value);
      g.setColor(Palette.QUIET);
      g.drawString(label, x - 8 - letters.stringWidth(label), at + 4);
    }
    for (int i = 0; i <= TICKS; i++) {
      String label = String.valueOf(Math.round(steps * i / TICKS));
      int at = (int) Math.round(x + (double) width * i / TICKS);
      int wide = letters.stringWidth(label);
      g.drawString(label, i == TICKS ? at - wide : at - wide / 2, y + height + 18);
    }
  }

  /** A line through one value per step. */
  void line(double[] values, Color color, float thickness) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < values.length; i++) {
      if (i == 0) {
        path.moveTo(right(i + 1), down(values[i]));
      } else {
        path.lineTo(right(i + 1), down(values[i]));
      }
    }
    g.setColor(color);
    g.setStroke(new BasicStroke(thickness, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(path);
  }

  /** Joined dots at given steps, the last one with its value in words. */
  void dots(List<double[]> points, Color color, String format) {
    Path2D path = new Path2D.Double();
    g.setColor(color);
    g.setStroke(new BasicStroke(2));
    for (int i = 0; i < points.size(); i++) {
      double px = right(points.get(i)[0]);
      double py = down(points.get(i)[1]);
      if (i == 0) {
        path.moveTo(px, py);
      } else {
        path.lineTo(px, py);
      }
      g.fill(new Ellipse2D.Double(px - 4, py - 4, 8, 8));
    }
    g.draw(path);
    if (!points.isEmpty()) {
      double[] last = points.getLast();
      String label = String.format(Locale.ROOT, format, last[1]);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
      int wide = g.getFontMetrics().stringWidth(label);
      int below = down(last[1]) < y + height / 2.0 ? 22 : -12;
      g.drawString(
          label,
          (int) Math.min(right(last[0]) - wide + 6, x + width - wide),
          (int) down(last[1]) + below);
    }
  }

  /** Entries of a legend at the right of the title. */
  void legend(String[] names, Color[] colors) {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    FontMetrics letters = g.getFontMetrics();
    int at = x + width;
    for (int i = names.length - 1; i >= 0; i--) {
      at -= letters.stringWidth(names[i]);
      g.setColor(Palette.QUIET);
      g.drawString(names[i], at, y - 14);
      g.setColor(colors[i]);
      g.fillRoundRect(at - 20, y - 20, 14, 4, 4, 4);
      at -= 34;
    }
  }

  private double right(double step) {
    return x + width * step / steps;
  }

  private double down(double value) {
    return y + height * (1 - (Math.clamp(value, low, high) - low) / (high - low));
  }
}
