package dev.tapewise.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The roofline of a profile: what was reached against arithmetic per byte, under the roofs of
 * bandwidth and arithmetic (Williams, Waterman, Patterson: Roofline, CACM 52(4), 2009). A dot per
 * layer and pass, its area the time it takes.
 *
 * <p>An op without products stands at {@link #NOMINAL}, one operation per float it moves, so that
 * its height shows how near to the bandwidth it comes.
 */
final class RooflinePlot {
  /** Operations per byte of ops without products. */
  static final double NOMINAL = 1.0 / Float.BYTES;

  private static final double SHOWN = 0.0005;
  private static final double LABELLED = 0.015;
  private static final int MOST_LABELS = 16;

  /** Dots of one kind and pass that are as near as this share one label. */
  private static final double ALIKE = 13;

  private static final double RADIUS = 62;

  private final Graphics2D g;
  private final MachineRates rates;
  private final double total;
  private final List<Dot> dots = new ArrayList<>();
  private final LogAxes axes;
  private final List<Rectangle2D> taken = new ArrayList<>();

  private record Dot(Cost cost, double intensity, double gflops, double share) {
    double radius() {
      return Math.max(2.5, RADIUS * Math.sqrt(share));
    }
  }

  private RooflinePlot(Graphics2D g, Rectangle area, StepProfile profile, MachineRates rates) {
    this.g = g;
    this.rates = rates;
    this.total = profile.millis();
    double right = 2 * rates.gflops() / rates.gigabytesPerSecond();
    double bottom = rates.gflops() / 50;
    for (Cost cost : profile.costs()) {
      Dot dot = dot(cost);
      if (dot.share > SHOWN && cost.bytes() > 0) {
        dots.add(dot);
        right = Math.max(right, 1.4 * dot.intensity);
        bottom = Math.clamp(0.6 * dot.gflops, rates.gflops() / 3000, bottom);
      }
    }
    dots.sort((a, b) -> Double.compare(b.share, a.share));
    axes = new LogAxes(area, 0.14, right, bottom, 1.9 * rates.gflops());
  }

  private Dot dot(Cost cost) {
    double share = cost.millis() / total;
    return cost.multiplyAdds() == 0
        ? new Dot(cost, NOMINAL, NOMINAL * cost.gigabytesPerSecond(), share)
        : new Dot(cost, 2.0 * cost.multiplyAdds() / cost.bytes(), cost.gflops(), share);
  }

  static void draw(Graphics2D g, Rectangle area, StepProfile profile, MachineRates rates) {
    RooflinePlot plot = new RooflinePlot(g, area, profile, rates);
    plot.roofs();
    for (Dot dot : plot.dots) {
      plot.dot(dot);
    }
    plot.labels();
  }

  private void roofs() {
    Rectangle area = axes.area();
    double ridge = rates.gflops() / rates.gigabytesPerSecond();
    double start = Math.max(axes.left(), axes.bottom() / rates.gigabytesPerSecond());
    double from = axes.x(start);
    double fromY = axes.y(start * rates.gigabytesPerSecond());
    Path2D under = new Path2D.Double();
    under.moveTo(from, area.y + area.height);
    under.lineTo(from, fromY);
    under.lineTo(axes.x(ridge), axes.y(rates.gflops()));
    under.lineTo(area.x + area.width, axes.y(rates.gflops()));
    under.lineTo(area.x + area.width, area.y + area.height);
    under.closePath();
    g.setColor(Palette.PAPER);
    g.fill(under);
    axes.draw(g);
    Path2D roof = new Path2D.Double();
    roof.moveTo(from, fromY);
    roof.lineTo(axes.x(ridge), axes.y(rates.gflops()));
    roof.lineTo(area.x + area.width, axes.y(rates.gflops()));
    g.setColor(Palette.INK);
    g.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(roof);
    roofLabels(ridge, from, fromY);
  }

  private void roofLabels(double ridge, double from, double fromY) {
    Rectangle area = axes.area();
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
    String flat =
        String.format(Locale.ROOT, "%.0f GFLOP/s: multiply-adds in registers", rates.gflops());
    int wide = g.getFontMetrics().stringWidth(flat);
    int flatX = area.x + area.width - wide - 8;
    int flatY = (int) axes.y(rates.gflops()) - 8;
    g.drawString(flat, flatX, flatY);
    taken.add(new Rectangle2D.Double(flatX, flatY - 12.0, wide, 16));
    for (double part = 0; part <= 1; part += 0.05) {
      double x = from + part * (axes.x(ridge) - from);
      double y = fromY + part * (axes.y(rates.gflops()) - fromY);
      taken.add(new Rectangle2D.Double(x - 20, y - 20, 24, 24));
    }
    taken.add(new Rectangle2D.Double(axes.x(ridge), axes.y(rates.gflops()) - 2, area.getMaxX(), 4));
    String slope =
        String.format(Locale.ROOT, "%.0f GB/s: copying in memory", rates.gigabytesPerSecond());
    double angle = Math.atan2(axes.y(rates.gflops()) - fromY, axes.x(ridge) - from);
    AffineTransform upright = g.getTransform();
    g.translate(from, fromY);
    g.rotate(angle);
    double length = Math.hypot(axes.x(ridge) - from, axes.y(rates.gflops()) - fromY);
    g.drawString(slope, (int) (length - g.getFontMetrics().stringWidth(slope)) / 2, -9);
    g.setTransform(upright);
  }

  private void dot(Dot dot) {
    double r = dot.radius();
    Ellipse2D circle =
        new Ellipse2D.Double(
            axes.x(dot.intensity) - r,
            axes.y(Math.max(dot.gflops, axes.bottom())) - r,
            2 * r,
            2 * r);
    Color color = Palette.ofKind(dot.cost.kind());
    boolean forward = dot.cost.pass() == Cost.Pass.FORWARD;
    g.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), forward ? 190 : 45));
    g.fill(circle);
    g.setColor(forward ? Palette.PAPER : color);
    g.setStroke(new BasicStroke(forward ? 1 : 1.8f));
    g.draw(circle);
  }

  /** Names the large dots, each where there is room, and none where there is none. */
  private void labels() {
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    for (Dot dot : dots) {
      double r = 0.8 * dot.radius();
      taken.add(
          new Rectangle2D.Double(axes.x(dot.intensity) - r, axes.y(dot.gflops) - r, 2 * r, 2 * r));
    }
    List<Dot> named = new ArrayList<>();
    for (Dot dot : dots) {
      boolean large = named.size() < MOST_LABELS && dot.share > LABELLED;
      if (large && named.stream().noneMatch(other -> alike(dot, other)) && label(dot)) {
        named.add(dot);
      }
    }
  }

  private boolean alike(Dot a, Dot b) {
    double x = axes.x(a.intensity) - axes.x(b.intensity);
    double y = axes.y(a.gflops) - axes.y(b.gflops);
    return a.cost.pass() == b.cost.pass()
        && a.cost.kind().equals(b.cost.kind())
        && Math.hypot(x, y) < ALIKE;
  }

  private boolean label(Dot dot) {
    String text = String.format(Locale.ROOT, "%s %.1f ms", dot.cost.label(), dot.cost.millis());
    double wide = g.getFontMetrics().stringWidth(text);
    double x = axes.x(dot.intensity);
    double y = axes.y(dot.gflops);
    for (double away = dot.radius() + 4; away < dot.radius() + 90; away += 14) {
      double[][] corners = {
        {x + away, y - 6},
        {x - away - wide, y - 6},
        {x - wide / 2, y - away - 12},
        {x - wide / 2, y + away},
        {x + 0.7 * away, y - 0.7 * away - 12},
        {x + 0.7 * away, y + 0.7 * away},
        {x - 0.7 * away - wide, y - 0.7 * away - 12},
        {x - 0.7 * away - wide, y + 0.7 * away}
      };
      for (double[] corner : corners) {
        Rectangle2D box = new Rectangle2D.Double(corner[0] - 2, corner[1], wide + 4, 13);
        if (axes.area().contains(box) && taken.stream().noneMatch(box::intersects)) {
          taken.add(box);
          leader(x, y, box, dot.radius());
          g.setColor(Palette.INK);
          g.drawString(text, (float) corner[0], (float) corner[1] + 10.5f);
          return true;
        }
      }
    }
    return false;
  }

  /** A thin line from the dot to a label that had to stand away. */
  private void leader(double x, double y, Rectangle2D box, double radius) {
    double toX = Math.clamp(x, box.getMinX(), box.getMaxX());
    double toY = Math.clamp(y, box.getMinY(), box.getMaxY());
    double length = Math.hypot(toX - x, toY - y);
    if (length > radius + 12) {
      g.setColor(Palette.AXIS);
      g.setStroke(new BasicStroke(0.8f));
      double part = radius / length;
      g.draw(new Line2D.Double(x + (toX - x) * part, y + (toY - y) * part, toX, toY));
    }
  }
}
