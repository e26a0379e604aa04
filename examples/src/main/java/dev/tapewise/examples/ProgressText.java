package dev.tapewise.examples;

import java.util.Locale;

/** The words and the bar of a training's progress. */
final class ProgressText {
  /** Back to the line's start, and the line away. */
  static final String CLEAR = "\r\u001b[K";

  private static final int CELLS = 12;
  private static final String EIGHTHS = "▏▎▍▌▋▊▉";

  private final boolean blocks;

  /** With {@code blocks}, the bar is drawn with block characters, else with ASCII. */
  ProgressText(boolean blocks) {
    this.blocks = blocks;
  }

  /** One line of less than 80 characters for a terminal. */
  String bar(
      int epoch,
      int epochs,
      double part,
      double imagesPerSecond,
      double loss,
      double accuracy,
      double secondsLeft) {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d %s %.0f%% %.0f images/s loss %.3f acc %.1f%% %s left",
        epoch + 1,
        epochs,
        cells(part),
        100 * part,
        imagesPerSecond,
        loss,
        100 * accuracy,
        time(secondsLeft));
  }

  /** One line for a log. */
  String line(
      int epoch,
      int epochs,
      long step,
      long steps,
      double imagesPerSecond,
      double loss,
      double accuracy,
      double secondsLeft) {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d  step %d/%d  %.0f images/s  loss %.4f  accuracy %.1f %%  %s left",
        epoch + 1,
        epochs,
        step,
        steps,
        imagesPerSecond,
        loss,
        100 * accuracy,
        time(secondsLeft));
  }

  /** Minutes and seconds, with hours where there are any. */
  static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%d:%02d".formatted(whole / 60, whole % 60)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** The bar. */
  String cells(double part) {
    double filled = Math.clamp(part, 0, 1) * CELLS;
    int whole = (int) filled;
    StringBuilder bar = new StringBuilder();
    if (!blocks) {
      bar.append('[').repeat('=', whole).repeat(' ', CELLS - whole).append(']');
      return bar.toString();
    }
    bar.repeat('█', whole);
    int eighths = (int) ((filled - whole) * 8);
    if (eighths > 0) {
      bar.append(EIGHTHS.charAt(eighths - 1));
    }
    return bar.repeat(' ', CELLS - bar.length()).toString();
  }
}
