package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.ChannelNorm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ChannelNorm} with channels as lanes: sums run down columns of one or two vectors, so that
 * they stay in registers and their chains overlap; the channels behind the last whole vector are
 * taken one by one.
 */
final class VectorChannelNorm implements ChannelNorm {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void moments(
      float[] out,
      int centre,
      int sum,
      int squares,
      float[] x,
      int offset,
      int rows,
      int channels) {
    int c = 0;
    for (; c <= channels - 2 * L; c += 2 * L) {
      moments2(out, centre + c, sum + c, squares + c, x, offset + c, rows, channels);
    }
    for (; c <= channels - L; c += L) {
      moments1(out, centre + c, sum + c, squares + c, x, offset + c, rows, channels);
    }
    for (; c < channels; c++) {
      float total = 0f;
      for (int r = 0; r < rows; r++) {
        total += x[offset + r * channels + c];
      }
      float middle = total / rows;
      float off = 0f;
      float square = 0f;
      for (int r = 0; r < rows; r++) {
        float t = x[offset + r * channels + c] - middle;
        off += t;
        square = Math.fma(t, t, square);
      }
      out[centre + c] = middle;
      out[sum + c] = off;
      out[squares + c] = square;
    }
  }

  /** The moments of 2 vectors of channels. */
  private static void moments2(
      float[] out, int centre, int sum, int squares, float[] x, int at, int rows, int channels) {
    FloatVector total0 = FloatVector.zero(S);
    FloatVector total1 = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      int p = at + r * channels;
      total0 = total0.add(FloatVector.fromArray(S, x, p));
      total1 = total1.add(FloatVector.fromArray(S, x, p + L));
    }
    FloatVector m0 = total0.div(rows);
    FloatVector m1 = total1.div(rows);
    FloatVector off0 = FloatVector.zero(S);
    FloatVector off1 = FloatVector.zero(S);
    FloatVector square0 = FloatVector.zero(S);
    FloatVector square1 = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      int p = at + r * channels;
      FloatVector t0 = FloatVector.fromArray(S, x, p).sub(m0);
      FloatVector t1 = FloatVector.fromArray(S, x, p + L).sub(m1);
      off0 = off0.add(t0);
      off1 = off1.add(t1);
      square0 = t0.fma(t0, square0);
      square1 = t1.fma(t1, square1);
    }
    m0.intoArray(out, centre);
    m1.intoArray(out, centre + L);
    off0.intoArray(out, sum);
    off1.intoArray(out, sum + L);
    square0.intoArray(out, squares);
    square1.intoArray(out, squares + L);
  }

  /** The moments of 1 vector of channels. */
  private static void moments1(
      float[] out, int centre, int sum, int squares, float[] x, int at, int rows, int channels) {
    FloatVector total = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      total = total.add(FloatVector.fromArray(S, x, at + r * channels));
    }
    FloatVector m = total.div(rows);
    FloatVector off = FloatVector.zero(S);
    FloatVector square = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      FloatVector t = FloatVector.fromArray(S, x, at + r * channels).sub(m);
      off = off.add(t);
      square = t.fma(t, square);
    }
    m.intoArray(out, centre);
    off.intoArray(out, sum);
    square.intoArray(out, squares);
  }

  @Override
  public void gradientSums(
      float[] out,
      int sum,
      int product,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      int rows,
      int channels) {
    int c = 0;
    for (; c <= channels - 2 * L; c += 2 * L) {
      gradientSums2(
          out,
          sum + c,
          product + c,
          dy,
          dyOffset + c,
          x,
          xOffset + c,
          centres,
          centre + c,
          rows,
          channels);
    }
    for (; c <= channels - L; c += L) {
      gradientSums1(
          out,
          sum + c,
          product + c,
          dy,
          dyOffset + c,
          x,
          xOffset + c,
          centres,
          centre + c,
          rows,
          channels);
    }
    for (; c < channels; c++) {
      float total = 0f;
      float products = 0f;
      for (int r = 0; r < rows; r++) {
        float g = dy[dyOffset + r * channels + c];
        total += g;
        products = Math.fma(g, x[xOffset + r * channels + c] - centres[centre + c], products);
      }
      out[sum + c] = total;
      out[product + c] = products;
    }
  }

  /** Both gradient sums of 2 vectors of channels. */
  private static void gradientSums2(
      float[] out,
      int sum,
      int product,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] centres,
      int centre,
      int rows,
      int channels) {
    FloatVector m0 = FloatVector.fromArray(S, centres, centre);
    FloatVector m1 = FloatVector.fromArray(S, centres, centre + L);
    FloatVector total0 = FloatVector.zero(S);
    FloatVector total1 = FloatVector.zero(S);
    FloatVector products0 = FloatVector.zero(S);
    FloatVector products1 = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      int g = dyAt + r * channels;
      int p = xAt + r * channels;
      FloatVector g0 = FloatVector.fromArray(S, dy, g);
      FloatVector g1 = FloatVector.fromArray(S, dy, g + L);
      total0 = total0.add(g0);
      total1 = total1.add(g1);
      products0 = g0.fma(FloatVector.fromArray(S, x, p).sub(m0), products0);
      products1 = g1.fma(FloatVector.fromArray(S, x, p + L).sub(m1), products1);
    }
    total0.intoArray(out, sum);
    total1.intoArray(out, sum + L);
    products0.intoArray(out, product);
    products1.intoArray(out, product + L);
  }

  /** Both gradient sums of 1 vector of channels. */
  private static void gradientSums1(
      float[] out,
      int sum,
      int product,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] centres,
      int centre,
      int rows,
      int channels) {
    FloatVector m = FloatVector.fromArray(S, centres, centre);
    FloatVector total = FloatVector.zero(S);
    FloatVector products = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      FloatVector g = FloatVector.fromArray(S, dy, dyAt + r * channels);
      total = total.add(g);
      products = g.fma(FloatVector.fromArray(S, x, xAt + r * channels).sub(m), products);
    }
    total.intoArray(out, sum);
    products.intoArray(out, product);
  }

  @Override
  public void forward(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      float[] coefficients,
      int scale,
      int shift,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * channels;
      int to = yOffset + r * channels;
      int c = 0;
      for (; c <= channels - L; c += L) {
        FloatVector.fromArray(S, x, from + c)
            .sub(FloatVector.fromArray(S, centres, centre + c))
            .fma(
                FloatVector.fromArray(S, coefficients, scale + c),
                FloatVector.fromArray(S, coefficients, shift + c))
            .intoArray(y, to + c);
      }
      for (; c < channels; c++) {
        y[to + c] =
            Math.fma(
                x[from + c] - centres[centre + c],
                coefficients[scale + c],
                coefficients[shift + c]);
      }
    }
  }

  @Override
  public void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      float[] coefficients,
      int a,
      int b,
      int d,
      int rows,
      int channels,
      boolean add) {
    // Two methods: a flag inside the loop would deoptimise a warm kernel when it is first seen.
    for (int r = 0; r < rows; r++) {
      int at = r * channels;
      if (add) {
        addRow(
            dx,
            dxOffset + at,
            dy,
            dyOffset + at,
            x,
            xOffset + at,
            centres,
            centre,
            coefficients,
            a,
            b,
            d,
            channels);
      } else {
        writeRow(
            dx,
            dxOffset + at,
            dy,
            dyOffset + at,
            x,
            xOffset + at,
            centres,
            centre,
            coefficients,
            a,
            b,
            d,
            channels);
      }
    }
  }

  private static void writeRow(
      float[] dx,
      int dxAt,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] centres,
      int centre,
      float[] coefficients,
      int a,
      int b,
      int d,
      int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector own =
          FloatVector.fromArray(S, x, xAt + c)
              .sub(FloatVector.fromArray(S, centres, centre + c))
              .fma(
                  FloatVector.fromArray(S, coefficients, b + c),
                  FloatVector.fromArray(S, coefficients, d + c));
      FloatVector.fromArray(S, dy, dyAt + c)
          .fma(FloatVector.fromArray(S, coefficients, a + c), own)
          .intoArray(dx, dxAt + c);
    }
    for (; c < channels; c++) {
      float own =
          Math.fma(x[xAt + c] - centres[centre + c], coefficients[b + c], coefficients[d + c]);
      dx[dxAt + c] = Math.fma(dy[dyAt + c], coefficients[a + c], own);
    }
  }

  private static void addRow(
      float[] dx,
      int dxAt,
      float[] dy,
      int dyAt,
      float[] x,
      int xAt,
      float[] centres,
      int centre,
      float[] coefficients,
      int a,
      int b,
      int d,
      int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector own =
          FloatVector.fromArray(S, x, xAt + c)
              .sub(FloatVector.fromArray(S, centres, centre + c))
              .fma(
                  FloatVector.fromArray(S, coefficients, b + c),
                  FloatVector.fromArray(S, coefficients, d + c));
      FloatVector g =
          FloatVector.fromArray(S, dy, dyAt + c)
              .fma(FloatVector.fromArray(S, coefficients, a + c), own);
      FloatVector.fromArray(S, dx, dxAt + c).add(g).intoArray(dx, dxAt + c);
    }
    for (; c < channels; c++) {
      float own =
          Math.fma(x[xAt + c] - centres[centre + c], coefficients[b + c], coefficients[d + c]);
      dx[dxAt + c] += Math.fma(dy[dyAt + c], coefficients[a + c], own);
    }
  }
}
