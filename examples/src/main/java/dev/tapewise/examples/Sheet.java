package dev.tapewise.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** Draws images in rows, each with what the model says, and with the truth where it is wrong. */
final class Sheet {
  static final int COLUMNS = 10;
  private static final int LINE = 15;

  /**
   * An image and its prediction.
   *
   * @param image the picture
   * @param said the class predicted
   * @param probability the model's probability for it
   * @param truth the labelled class
   */
  record Item(BufferedImage image, String said, double probability, String truth) {
    boolean right() {
      return said.equals(truth);
    }
  }

  private Sheet() {}

  static int height(int items, int width) {
    int rows = (items + COLUMNS - 1) / COLUMNS;
    return rows * (side(width) + 2 * LINE + 16);
  }

  private static int side(int width) {
    return width / COLUMNS - 12;
  }

  static void draw(Graphics2D g, List<Item> items, int x, int y, int width) {
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    int side = side(width);
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      int left = x + i % COLUMNS * (width / COLUMNS) + 6;
      int top = y + i / COLUMNS * (side + 2 * LINE + 16);
      g.drawImage(item.image(), left, top, side, side, null);
      Color color = item.right() ? Palette.RIGHT : Palette.WRONG;
      g.setColor(color);
      g.drawRect(left, top, side - 1, side - 1);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 11));
      String said = String.format(Locale.ROOT, "%s %.0f%%", item.said(), 100 * item.probability());
      text(g, said, left, top + side + LINE - 2, side + 10);
      if (!item.right()) {
        g.setColor(Palette.QUIET);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        text(g, "is " + item.truth(), left, top + side + 2 * LINE - 3, side + 10);
      }
    }
  }

  /** Writes as much of a text as fits. */
  private static void text(Graphics2D g, String text, int x, int y, int width) {
    FontMetrics letters = g.getFontMetrics();
    String fitting = text;
    while (fitting.length() > 1 && letters.stringWidth(fitting) > width) {
      fitting = fitting.substring(0, fitting.length() - 2) + "…";
    }
    g.drawString(fitting, x, y);
  }
}
