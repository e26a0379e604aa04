package dev.tapewise.examples;

import dev.tapewise.nn.io.AtomicFile;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** The picture of a training: its curves above, test images with predictions below. */
final class TrainingPicture {
  private static final int WIDTH = 1200;
  private static final int MARGIN = 24;
  private static final int HEADER = 64;
  private static final int CURVES = 330;

  private TrainingPicture() {}

  /** Writes it as PNG. */
  static void write(Path file, String title, String subtitle, Curve curve, List<Sheet.Item> items)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(draw(title, subtitle, curve, items), "png", bytes);
    AtomicFile.write(file, bytes::writeTo);
  }

  static BufferedImage draw(String title, String subtitle, Curve curve, List<Sheet.Item> items) {
    int inner = WIDTH - 2 * MARGIN;
    int sheetTop = HEADER + CURVES + 40;
    int height = sheetTop + Sheet.height(items.size(), inner) + MARGIN / 2;
    BufferedImage picture = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setColor(Palette.PAPER);
    g.fillRect(0, 0, WIDTH, height);
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 22));
    g.drawString(title, MARGIN, 34);
    g.setColor(Palette.QUIET);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    g.drawString(subtitle, MARGIN, 54);
    int half = (inner - MARGIN) / 2;
    card(g, MARGIN, HEADER, half, CURVES);
    losses(g, curve, MARGIN, HEADER, half);
    card(g, MARGIN + half + MARGIN, HEADER, half, CURVES);
    accuracies(g, curve, MARGIN + half + MARGIN, HEADER, half);
    g.setColor(Palette.INK);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    g.drawString("Test images and what the model says", MARGIN + 6, sheetTop - 14);
    Sheet.draw(g, items, MARGIN, sheetTop, inner);
    g.dispose();
    return picture;
  }

  private static void card(Graphics2D g, int x, int y, int width, int height) {
    g.setColor(Palette.CARD);
    g.fillRoundRect(x, y, width, height, 12, 12);
  }

  private static void losses(Graphics2D g, Curve curve, int x, int y, int width) {
    double[] smooth = curve.smoothed(Math.clamp(curve.steps() / 40, 1, 100));
    double[] raw = curve.smoothed(1);
    double high = 0;
    for (double loss : smooth) {
      high = Math.max(high, loss);
    }
    List<double[]> tests = new ArrayList<>();
    for (Curve.Point point : curve.tests()) {
      high = Math.max(high, point.test().loss());
      tests.add(new double[] {point.step(), point.test().loss()});
    }
    CurvePanel panel =
        new CurvePanel(
            g, x, y, width, CURVES, "Loss", "%.2f", curve.steps(), 0, Math.ceil(high * 5) / 5);
    panel.line(raw, Palette.RAW, 1);
    panel.line(smooth, Palette.TRAINING, 2.2f);
    panel.dots(tests, Palette.TEST, "%.3f");
    panel.legend(
        new String[] {"training", "test"}, new java.awt.Color[] {Palette.TRAINING, Palette.TEST});
  }

  private static void accuracies(Graphics2D g, Curve curve, int x, int y, int width) {
    double low = 100;
    List<double[]> tests = new ArrayList<>();
    for (Curve.Point point : curve.tests()) {
      double percent = 100 * point.test().accuracy();
      low = Math.min(low, percent);
      tests.add(new double[] {point.step(), percent});
    }
    CurvePanel panel =
        new CurvePanel(
            g,
            x,
            y,
            width,
            CURVES,
            "Test accuracy, %",
            "%.0f",
            curve.steps(),
            Math.max(0, Math.floor(low / 20) * 20),
            100);
    panel.dots(tests, Palette.TEST, "%.1f %%");
  }
}
