package dev.tapewise.examples;

import java.awt.Color;

/** The colours of pictures. */
final class Palette {
  static final Color PAPER = new Color(0xFFFFFF);
  static final Color CARD = new Color(0xF6F7F9);
  static final Color INK = new Color(0x1F2933);
  static final Color QUIET = new Color(0x616E7C);
  static final Color AXIS = new Color(0x9AA5B1);
  static final Color GRID = new Color(0xE4E7EB);
  static final Color RAW = new Color(0xB9CDEB);
  static final Color TRAINING = new Color(0x2563EB);
  static final Color TEST = new Color(0xE8590C);
  static final Color RIGHT = new Color(0x2B8A3E);
  static final Color WRONG = new Color(0xC92A2A);

  private Palette() {}

  /** The colour of an op by its name; ops without products share one. */
  static Color ofKind(String kind) {
    return switch (kind.replace(" again", "")) {
      case "pointwise conv2d" -> TRAINING;
      case "depthwise conv2d" -> TEST;
      case "grouped conv2d" -> new Color(0x7048E8);
      case "conv2d" -> RIGHT;
      case "linear" -> new Color(0x0C8599);
      default -> QUIET;
    };
  }
}
