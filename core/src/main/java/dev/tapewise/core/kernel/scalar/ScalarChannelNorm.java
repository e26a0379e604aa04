package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.ChannelNorm;

/** The definition of {@link ChannelNorm}. */
final class ScalarChannelNorm implements ChannelNorm {

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
    for (int c = 0; c < channels; c++) {
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
    for (int c = 0; c < channels; c++) {
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
      for (int c = 0; c < channels; c++) {
        int i = r * channels + c;
        y[yOffset + i] =
            Math.fma(
                x[xOffset + i] - centres[centre + c],
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
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int i = r * channels + c;
        float own =
            Math.fma(
                x[xOffset + i] - centres[centre + c], coefficients[b + c], coefficients[d + c]);
        float g = Math.fma(dy[dyOffset + i], coefficients[a + c], own);
        dx[dxOffset + i] = add ? dx[dxOffset + i] + g : g;
      }
    }
  }
}
