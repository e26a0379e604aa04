package dev.tapewise.examples;

import dev.tapewise.nn.io.AtomicFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/** The picture of a profile: its roofline, and beside it where the time goes by kind of op. */
final class RooflinePicture {
  private static final int WIDTH = 1400;
  private static final int HEIGHT = 860;
  private static final int MARGIN = 24;
  private static final int HEADER = 64;
  private static final int SIDE = 300;
  private static final String[] NOTES = {
    "full dots: forward, rings: backward",
    "area: time of a layer's pass",
    "",
    "GFLOP/s: 2 per multiply-add",
    "of convolutions and linear layers",
    "FLOP/byte: every tensor that a pass",
    "reads or writes counted once, wherever",
    "it lies; above the slope means in cache",
    "ops without products: at 1 operation",
    "per float that they move (0.25)"
  };

  private RooflinePicture() {}

  /** Writes it as PNG. */
  static void write(
      Path file, String title, String subtitle, StepProfile profile, MachineRates rates)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(draw(title, subtitle, profile, rates), "png", bytes);
    AtomicFile.write(file, bytes::writeTo);
  }

  static BufferedImage draw(
      String title, String subtitle, StepProfile profile, MachineRates rates) {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Palette.PAPER);
    g.fillRect(0, 0, WIDTH, HEIGHT);
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 22));
    g.drawString(title, MARGIN, 34);
    g.setColor(Palette.QUIET);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    g.drawString(subtitle, MARGIN, 54);
    int wide = WIDTH - 3 * MARGIN - SIDE;
    int high = HEIGHT - HEADER - MARGIN;
    card(g, MARGIN, wide, high);
    plot(g, new Rectangle(MARGIN + 60, HEADER + 40, wide - 80, high - 92), profile, rates);
    card(g, WIDTH - MARGIN - SIDE, SIDE, high);
    side(g, WIDTH - MARGIN - SIDE + 18, profile);
    g.dispose();
    return picture;
  }

  private static void card(Graphics2D g, int x, int width, int height) {
    g.setColor(Palette.CARD);
    g.fillRoundRect(x, HEADER, width, height, 12, 12);
  }

  private static void plot(Graphics2D g, Rectangle area, StepProfile profile, MachineRates rates) {
    RooflinePlot.draw(g, area, profile, rates);
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
    g.drawString("GFLOP/s", area.x - 44, area.y - 16);
    String across = "FLOP per byte read or written";
    int wide = g.getFontMetrics().stringWidth(across);
    g.drawString(across, area.x + (area.width - wide) / 2, area.y + area.height + 40);
  }

  /** Bars of time by kind: forward full, backward and update pale. */
  private static void side(Graphics2D g, int x, StepProfile profile) {
    double total = profile.millis();
    Map<String, List<Cost>> kinds = new LinkedHashMap<>();
    for (Cost cost : profile.byKind()) {
      kinds.computeIfAbsent(cost.kind(), _ -> new ArrayList<>()).add(cost);
    }
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    g.drawString(String.format(Locale.ROOT, "Where %.1f ms go", total), x, HEADER + 26);
    int y = HEADER + 54;
    int bar = SIDE - 36;
    double longest = kinds.values().stream().mapToDouble(RooflinePicture::sum).max().orElse(1);
    int notes = HEIGHT - MARGIN - 18 * NOTES.length - 4;
    for (Map.Entry<String, List<Cost>> kind : kinds.entrySet()) {
      double sum = sum(kind.getValue());
      if (y + 26 > notes || sum < 0.002 * total) {
        continue;
      }
      g.setColor(Palette.INK);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      g.drawString(kind.getKey(), x, y);
      String figures = String.format(Locale.ROOT, "%.1f ms  %.1f %%", sum, 100 * sum / total);
      g.setColor(Palette.QUIET);
      g.drawString(figures, x + bar - g.getFontMetrics().stringWidth(figures), y);
      double at = x;
      for (Cost.Pass pass : Cost.Pass.values()) {
        at = bar(g, at, y + 6, kind.getValue(), pass, bar / longest);
      }
      y += 44;
    }
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    g.setColor(Palette.QUIET);
    for (int i = 0; i < NOTES.length; i++) {
      g.drawString(NOTES[i], x, notes + 18 * i);
    }
  }

  private static double bar(
      Graphics2D g, double at, int y, List<Cost> costs, Cost.Pass pass, double scale) {
    double end = at;
    for (Cost cost : costs) {
      if (cost.pass() == pass) {
        Color color = Palette.ofKind(cost.kind());
        boolean forward = pass == Cost.Pass.FORWARD;
        var shape =
            new java.awt.geom.Rectangle2D.Double(end, y, scale * cost.millis(), forward ? 11 : 10);
        g.setColor(
            new Color(color.getRed(), color.getGreen(), color.getBlue(), forward ? 190 : 45));
        g.fill(shape);
        if (!forward) {
          g.setColor(color);
          g.setStroke(new BasicStroke(1));
          g.draw(shape);
        }
        end += scale * cost.millis();
      }
    }
    return end;
  }

  private static double sum(List<Cost> costs) {
    return costs.stream().mapToDouble(Cost::millis).sum();
  }
}
