package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.PoolAxis;
import dev.tapewise.core.geometry.PoolGeometry;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The maximum of windows with channels as lanes: a vector of channels keeps its largest values and
 * the pixels that have them in registers, over all taps of a window.
 *
 * <p>The gradient is gathered, not scattered: a pixel looks at the windows that hold it and takes
 * the gradient of those that it has won, so that lanes need no conflict detection and every element
 * is written once.
 */
final class MaxWindows {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private MaxWindows() {}

  static void forward(
      float[] y,
      int yOffset,
      float[] winners,
      int winnersOffset,
      float[] x,
      int xOffset,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    PoolAxis rows = g.rows();
    PoolAxis columns = g.columns();
    int channels = g.channels();
    int out = fromRow * g.outWidth() * channels;
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++, out += channels) {
        window(
            y,
            yOffset + out,
            winners,
            winnersOffset + out,
            x,
            xOffset,
            g.width(),
            rows.first(oh),
            rows.end(oh),
            rows.dilation(),
            columns.first(ow),
            columns.end(ow),
            columns.dilation(),
            channels);
      }
    }
  }

  private static void window(
      float[] y,
      int yAt,
      float[] winners,
      int winnersAt,
      float[] x,
      int xOffset,
      int width,
      int top,
      int bottom,
      int rowStep,
      int left,
      int right,
      int columnStep,
      int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      int first = top * width + left;
      FloatVector largest = FloatVector.fromArray(S, x, xOffset + first * channels + c);
      FloatVector winner = FloatVector.broadcast(S, (float) first);
      for (int h = top; h < bottom; h += rowStep) {
        for (int w = left; w < right; w += columnStep) {
          int pixel = h * width + w;
          FloatVector v = FloatVector.fromArray(S, x, xOffset + pixel * channels + c);
          VectorMask<Float> wins =
              v.compare(VectorOperators.GT, largest).or(v.compare(VectorOperators.NE, v));
          largest = largest.blend(v, wins);
          winner = winner.blend(FloatVector.broadcast(S, (float) pixel), wins);
        }
      }
      largest.intoArray(y, yAt + c);
      winner.intoArray(winners, winnersAt + c);
    }
    for (; c < channels; c++) {
      int winner = top * width + left;
      float largest = x[xOffset + winner * channels + c];
      for (int h = top; h < bottom; h += rowStep) {
        for (int w = left; w < right; w += columnStep) {
          float v = x[xOffset + (h * width + w) * channels + c];
          if (v > largest || Float.isNaN(v)) {
            largest = v;
            winner = h * width + w;
          }
        }
      }
      y[yAt + c] = largest;
      winners[winnersAt + c] = winner;
    }
  }

  static void writeGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] winners,
      int winnersOffset,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    int channels = g.channels();
    int whole = channels - channels % L;
    for (int h = fromRow; h < toRow; h++) {
      int top = g.rows().firstWindow(h);
      int bottom = g.rows().endWindow(h);
      for (int w = 0; w < g.width(); w++) {
        int pixel = h * g.width() + w;
        int left = g.columns().firstWindow(w);
        int right = g.columns().endWindow(w);
        int at = dxOffset + pixel * channels;
        FloatVector self = FloatVector.broadcast(S, (float) pixel);
        FloatVector zero = FloatVector.zero(S);
        for (int c = 0; c < whole; c += L) {
          FloatVector sum = FloatVector.zero(S);
          for (int oh = top; oh < bottom; oh++) {
            for (int ow = left; ow < right; ow++) {
              int window = (oh * g.outWidth() + ow) * channels + c;
              VectorMask<Float> won =
                  FloatVector.fromArray(S, winners, winnersOffset + window)
                      .compare(VectorOperators.EQ, self);
              sum = sum.add(zero.blend(FloatVector.fromArray(S, dy, dyOffset + window), won));
            }
          }
          sum.intoArray(dx, at + c);
        }
        for (int c = whole; c < channels; c++) {
          dx[at + c] =
              won(dy, dyOffset + c, winners, winnersOffset + c, g, pixel, top, bottom, left, right);
        }
      }
    }
  }

  static void addGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] winners,
      int winnersOffset,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    int channels = g.channels();
    int whole = channels - channels % L;
    for (int h = fromRow; h < toRow; h++) {
      int top = g.rows().firstWindow(h);
      int bottom = g.rows().endWindow(h);
      for (int w = 0; w < g.width(); w++) {
        int pixel = h * g.width() + w;
        int left = g.columns().firstWindow(w);
        int right = g.columns().endWindow(w);
        int at = dxOffset + pixel * channels;
        FloatVector self = FloatVector.broadcast(S, (float) pixel);
        FloatVector zero = FloatVector.zero(S);
        for (int c = 0; c < whole; c += L) {
          FloatVector sum = FloatVector.zero(S);
          for (int oh = top; oh < bottom; oh++) {
            for (int ow = left; ow < right; ow++) {
              int window = (oh * g.outWidth() + ow) * channels + c;
              VectorMask<Float> won =
                  FloatVector.fromArray(S, winners, winnersOffset + window)
                      .compare(VectorOperators.EQ, self);
              sum = sum.add(zero.blend(FloatVector.fromArray(S, dy, dyOffset + window), won));
            }
          }
          FloatVector.fromArray(S, dx, at + c).add(sum).intoArray(dx, at + c);
        }
        for (int c = whole; c < channels; c++) {
          dx[at + c] +=
              won(dy, dyOffset + c, winners, winnersOffset + c, g, pixel, top, bottom, left, right);
        }
      }
    }
  }

  /** The gradient of one channel of a pixel. */
  private static float won(
      float[] dy,
      int dyAt,
      float[] winners,
      int winnersAt,
      PoolGeometry g,
      int pixel,
      int top,
      int bottom,
      int left,
      int right) {
    float sum = 0f;
    for (int oh = top; oh < bottom; oh++) {
      for (int ow = left; ow < right; ow++) {
        int window = (oh * g.outWidth() + ow) * g.channels();
        if (winners[winnersAt + window] == pixel) {
          sum += dy[dyAt + window];
        }
      }
    }
    return sum;
  }
}
