package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of matrix products, each two vectors wide. Every element is one chain of fma in
 * increasing reduction index, so its bits depend neither on the tile nor on the vector width.
 *
 * <p>What keeps C2 from spilling accumulators with 16 vector registers: one tile per method,
 * accumulators as local variables, no unrolling by hand over the reduction, and six separate row
 * offsets (broadcasts from one base would all be hoisted to the top of the loop).
 */
final class Tiles {
  /** Floats in a row of a panel, and columns of a tile. */
  static final int WIDTH = 2 * Lanes.COUNT;

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private Tiles() {}

  /**
   * {@code y = x · panel} for {@code tiles} times 6 rows, with panel {@code [reduce, WIDTH]}. Rows
   * of x and y are {@code xStride} and {@code yStride} floats apart.
   */
  static void write6(
      float[] x,
      int xOffset,
      int xStride,
      float[] panel,
      int panelOffset,
      float[] y,
      int yOffset,
      int yStride,
      int reduce,
      int tiles) {
    for (int t = 0; t < tiles; t++) {
      int y0 = yOffset + t * 6 * yStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      int y3 = y2 + yStride;
      int y4 = y3 + yStride;
      int y5 = y4 + yStride;
      FloatVector a0 = FloatVector.zero(S);
      FloatVector b0 = FloatVector.zero(S);
      FloatVector a1 = FloatVector.zero(S);
      FloatVector b1 = FloatVector.zero(S);
      FloatVector a2 = FloatVector.zero(S);
      FloatVector b2 = FloatVector.zero(S);
      FloatVector a3 = FloatVector.zero(S);
      FloatVector b3 = FloatVector.zero(S);
      FloatVector a4 = FloatVector.zero(S);
      FloatVector b4 = FloatVector.zero(S);
      FloatVector a5 = FloatVector.zero(S);
      FloatVector b5 = FloatVector.zero(S);
      int x0 = xOffset + t * 6 * xStride;
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int x3 = x2 + xStride;
      int x4 = x3 + xStride;
      int x5 = x4 + xStride;
      for (int k = 0; k < reduce; k++) {
        int q = panelOffset + k * WIDTH;
        FloatVector u = FloatVector.fromArray(S, panel, q);
        FloatVector v = FloatVector.fromArray(S, panel, q + L);
        FloatVector c0 = FloatVector.broadcast(S, x[x0 + k]);
        a0 = c0.fma(u, a0);
        b0 = c0.fma(v, b0);
        FloatVector c1 = FloatVector.broadcast(S, x[x1 + k]);
        a1 = c1.fma(u, a1);
        b1 = c1.fma(v, b1);
        FloatVector c2 = FloatVector.broadcast(S, x[x2 + k]);
        a2 = c2.fma(u, a2);
        b2 = c2.fma(v, b2);
        FloatVector c3 = FloatVector.broadcast(S, x[x3 + k]);
        a3 = c3.fma(u, a3);
        b3 = c3.fma(v, b3);
        FloatVector c4 = FloatVector.broadcast(S, x[x4 + k]);
        a4 = c4.fma(u, a4);
        b4 = c4.fma(v, b4);
        FloatVector c5 = FloatVector.broadcast(S, x[x5 + k]);
        a5 = c5.fma(u, a5);
        b5 = c5.fma(v, b5);
      }
      a0.intoArray(y, y0);
      b0.intoArray(y, y0 + L);
      a1.intoArray(y, y1);
      b1.intoArray(y, y1 + L);
      a2.intoArray(y, y2);
      b2.intoArray(y, y2 + L);
      a3.intoArray(y, y3);
      b3.intoArray(y, y3 + L);
      a4.intoArray(y, y4);
      b4.intoArray(y, y4 + L);
      a5.intoArray(y, y5);
      b5.intoArray(y, y5 + L);
    }
  }

  /**
   * {@code y += x · panel} for {@code tiles} times 6 rows: {@link #write6} with chains that start
   * from y.
   */
  static void add6(
      float[] x,
      int xOffset,
      int xStride,
      float[] panel,
      int panelOffset,
      float[] y,
      int yOffset,
      int yStride,
      int reduce,
      int tiles) {
    for (int t = 0; t < tiles; t++) {
      int y0 = yOffset + t * 6 * yStride;
      int y1 = y0 + yStride;
      int y2 = y1 + yStride;
      int y3 = y2 + yStride;
      int y4 = y3 + yStride;
      int y5 = y4 + yStride;
      FloatVector a0 = FloatVector.fromArray(S, y, y0);
      FloatVector b0 = FloatVector.fromArray(S, y, y0 + L);
      FloatVector a1 = FloatVector.fromArray(S, y, y1);
      FloatVector b1 = FloatVector.fromArray(S, y, y1 + L);
      FloatVector a2 = FloatVector.fromArray(S, y, y2);
      FloatVector b2 = FloatVector.fromArray(S, y, y2 + L);
      FloatVector a3 = FloatVector.fromArray(S, y, y3);
      FloatVector b3 = FloatVector.fromArray(S, y, y3 + L);
      FloatVector a4 = FloatVector.fromArray(S, y, y4);
      FloatVector b4 = FloatVector.fromArray(S, y, y4 + L);
      FloatVector a5 = FloatVector.fromArray(S, y, y5);
      FloatVector b5 = FloatVector.fromArray(S, y, y5 + L);
      int x0 = xOffset + t * 6 * xStride;
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int x3 = x2 + xStride;
      int x4 = x3 + xStride;
      int x5 = x4 + xStride;
      for (int k = 0; k < reduce; k++) {
        int q = panelOffset + k * WIDTH;
        FloatVector u = FloatVector.fromArray(S, panel, q);
        FloatVector v = FloatVector.fromArray(S, panel, q + L);
        FloatVector c0 = FloatVector.broadcast(S, x[x0 + k]);
        a0 = c0.fma(u, a0);
        b0 = c0.fma(v, b0);
        FloatVector c1 = FloatVector.broadcast(S, x[x1 + k]);
        a1 = c1.fma(u, a1);
        b1 = c1.fma(v, b1);
        FloatVector c2 = FloatVector.broadcast(S, x[x2 + k]);
        a2 = c2.fma(u, a2);
        b2 = c2.fma(v, b2);
        FloatVector c3 = FloatVector.broadcast(S, x[x3 + k]);
        a3 = c3.fma(u, a3);
        b3 = c3.fma(v, b3);
        FloatVector c4 = FloatVector.broadcast(S, x[x4 + k]);
        a4 = c4.fma(u, a4);
        b4 = c4.fma(v, b4);
        FloatVector c5 = FloatVector.broadcast(S, x[x5 + k]);
        a5 = c5.fma(u, a5);
        b5 = c5.fma(v, b5);
      }
      a0.intoArray(y, y0);
      b0.intoArray(y, y0 + L);
      a1.intoArray(y, y1);
      b1.intoArray(y, y1 + L);
      a2.intoArray(y, y2);
      b2.intoArray(y, y2 + L);
      a3.intoArray(y, y3);
      b3.intoArray(y, y3 + L);
      a4.intoArray(y, y4);
      b4.intoArray(y, y4 + L);
      a5.intoArray(y, y5);
      b5.intoArray(y, y5 + L);
    }
  }

  /**
   * {@code y += x · panel} for 4 rows: row tails add to a y that was zeroed before, so they need
   * one form only.
   */
  static void add4(
      float[] x,
      int xOffset,
      int xStride,
      float[] panel,
      int panelOffset,
      float[] y,
      int yOffset,
      int yStride,
      int reduce) {
    int y0 = yOffset;
    int y1 = y0 + yStride;
    int y2 = y1 + yStride;
    int y3 = y2 + yStride;
    FloatVector a0 = FloatVector.fromArray(S, y, y0);
    FloatVector b0 = FloatVector.fromArray(S, y, y0 + L);
    FloatVector a1 = FloatVector.fromArray(S, y, y1);
    FloatVector b1 = FloatVector.fromArray(S, y, y1 + L);
    FloatVector a2 = FloatVector.fromArray(S, y, y2);
    FloatVector b2 = FloatVector.fromArray(S, y, y2 + L);
    FloatVector a3 = FloatVector.fromArray(S, y, y3);
    FloatVector b3 = FloatVector.fromArray(S, y, y3 + L);
    int x0 = xOffset;
    int x1 = x0 + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    for (int k = 0; k < reduce; k++) {
      int q = panelOffset + k * WIDTH;
      FloatVector u = FloatVector.fromArray(S, panel, q);
      FloatVector v = FloatVector.fromArray(S, panel, q + L);
      FloatVector c0 = FloatVector.broadcast(S, x[x0 + k]);
      a0 = c0.fma(u, a0);
      b0 = c0.fma(v, b0);
      FloatVector c1 = FloatVector.broadcast(S, x[x1 + k]);
      a1 = c1.fma(u, a1);
      b1 = c1.fma(v, b1);
      FloatVector c2 = FloatVector.broadcast(S, x[x2 + k]);
      a2 = c2.fma(u, a2);
      b2 = c2.fma(v, b2);
      FloatVector c3 = FloatVector.broadcast(S, x[x3 + k]);
      a3 = c3.fma(u, a3);
      b3 = c3.fma(v, b3);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + L);
    a1.intoArray(y, y1);
    b1.intoArray(y, y1 + L);
    a2.intoArray(y, y2);
    b2.intoArray(y, y2 + L);
    a3.intoArray(y, y3);
    b3.intoArray(y, y3 + L);
  }

  /** {@code y += x · panel} for 2 rows. */
  static void add2(
      float[] x,
      int xOffset,
      int xStride,
      float[] panel,
      int panelOffset,
      float[] y,
      int yOffset,
      int yStride,
      int reduce) {
    int y0 = yOffset;
    int y1 = y0 + yStride;
    FloatVector a0 = FloatVector.fromArray(S, y, y0);
    FloatVector b0 = FloatVector.fromArray(S, y, y0 + L);
    FloatVector a1 = FloatVector.fromArray(S, y, y1);
    FloatVector b1 = FloatVector.fromArray(S, y, y1 + L);
    int x0 = xOffset;
    int x1 = x0 + xStride;
    for (int k = 0; k < reduce; k++) {
      int q = panelOffset + k * WIDTH;
      FloatVector u = FloatVector.fromArray(S, panel, q);
      FloatVector v = FloatVector.fromArray(S, panel, q + L);
      FloatVector c0 = FloatVector.broadcast(S, x[x0 + k]);
      a0 = c0.fma(u, a0);
      b0 = c0.fma(v, b0);
      FloatVector c1 = FloatVector.broadcast(S, x[x1 + k]);
      a1 = c1.fma(u, a1);
      b1 = c1.fma(v, b1);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + L);
    a1.intoArray(y, y1);
    b1.intoArray(y, y1 + L);
  }

  /** {@code y += x · panel} for 1 row. */
  static void add1(
      float[] x, int xOffset, float[] panel, int panelOffset, float[] y, int yOffset, int reduce) {
    int y0 = yOffset;
    FloatVector a0 = FloatVector.fromArray(S, y, y0);
    FloatVector b0 = FloatVector.fromArray(S, y, y0 + L);
    int x0 = xOffset;
    for (int k = 0; k < reduce; k++) {
      int q = panelOffset + k * WIDTH;
      FloatVector u = FloatVector.fromArray(S, panel, q);
      FloatVector v = FloatVector.fromArray(S, panel, q + L);
      FloatVector c0 = FloatVector.broadcast(S, x[x0 + k]);
      a0 = c0.fma(u, a0);
      b0 = c0.fma(v, b0);
    }
    a0.intoArray(y, y0);
    b0.intoArray(y, y0 + L);
  }

  /**
   * {@code partial [4 * tiles, WIDTH] += xPanelᵀ · dyPanel} over {@code rows} rows of two panels.
   * Panels, because their constant row stride lets C2 hoist the range checks; 4 rows and not 6,
   * because broadcasts from neighbouring places are all hoisted to the top of the loop, and 8
   * accumulators leave room for them.
   */
  static void outer4(
      float[] xPanel,
      int xOffset,
      float[] dyPanel,
      int dyOffset,
      float[] partial,
      int partialOffset,
      int rows,
      int tiles) {
    for (int t = 0; t < tiles; t++) {
      int w0 = partialOffset + t * 4 * WIDTH;
      FloatVector a0 = FloatVector.fromArray(S, partial, w0);
      FloatVector b0 = FloatVector.fromArray(S, partial, w0 + L);
      FloatVector a1 = FloatVector.fromArray(S, partial, w0 + 1 * WIDTH);
      FloatVector b1 = FloatVector.fromArray(S, partial, w0 + 1 * WIDTH + L);
      FloatVector a2 = FloatVector.fromArray(S, partial, w0 + 2 * WIDTH);
      FloatVector b2 = FloatVector.fromArray(S, partial, w0 + 2 * WIDTH + L);
      FloatVector a3 = FloatVector.fromArray(S, partial, w0 + 3 * WIDTH);
      FloatVector b3 = FloatVector.fromArray(S, partial, w0 + 3 * WIDTH + L);
      int p = xOffset + t * 4;
      for (int m = 0; m < rows; m++) {
        int q = dyOffset + m * WIDTH;
        int r = p + m * WIDTH;
        FloatVector u = FloatVector.fromArray(S, dyPanel, q);
        FloatVector v = FloatVector.fromArray(S, dyPanel, q + L);
        FloatVector c0 = FloatVector.broadcast(S, xPanel[r]);
        a0 = c0.fma(u, a0);
        b0 = c0.fma(v, b0);
        FloatVector c1 = FloatVector.broadcast(S, xPanel[r + 1]);
        a1 = c1.fma(u, a1);
        b1 = c1.fma(v, b1);
        FloatVector c2 = FloatVector.broadcast(S, xPanel[r + 2]);
        a2 = c2.fma(u, a2);
        b2 = c2.fma(v, b2);
        FloatVector c3 = FloatVector.broadcast(S, xPanel[r + 3]);
        a3 = c3.fma(u, a3);
        b3 = c3.fma(v, b3);
      }
      a0.intoArray(partial, w0);
      b0.intoArray(partial, w0 + L);
      a1.intoArray(partial, w0 + 1 * WIDTH);
      b1.intoArray(partial, w0 + 1 * WIDTH + L);
      a2.intoArray(partial, w0 + 2 * WIDTH);
      b2.intoArray(partial, w0 + 2 * WIDTH + L);
      a3.intoArray(partial, w0 + 3 * WIDTH);
      b3.intoArray(partial, w0 + 3 * WIDTH + L);
    }
  }
}
