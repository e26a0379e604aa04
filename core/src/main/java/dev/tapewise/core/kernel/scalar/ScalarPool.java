package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.geometry.PoolAxis;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.Pool;

/** The definition of {@link Pool}: every window by itself, taps outside the image left out. */
final class ScalarPool implements Pool {

  @Override
  public void average(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] factors,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++) {
        int window = oh * g.outWidth() + ow;
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int h = g.rows().first(oh); h < g.rows().end(oh); h++) {
            for (int w = g.columns().first(ow); w < g.columns().end(ow); w++) {
              sum += x[xOffset + (h * g.width() + w) * g.channels() + c];
            }
          }
          y[yOffset + window * g.channels() + c] = sum * factors[window];
        }
      }
    }
  }

  @Override
  public void averageGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] factors,
      PoolGeometry g,
      int fromRow,
      int toRow,
      boolean add) {
    for (int h = fromRow; h < toRow; h++) {
      for (int w = 0; w < g.width(); w++) {
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int oh = g.rows().firstWindow(h); oh < g.rows().endWindow(h); oh++) {
            for (int ow = g.columns().firstWindow(w); ow < g.columns().endWindow(w); ow++) {
              int window = oh * g.outWidth() + ow;
              sum = Math.fma(dy[dyOffset + window * g.channels() + c], factors[window], sum);
            }
          }
          int at = dxOffset + (h * g.width() + w) * g.channels() + c;
          dx[at] = add ? dx[at] + sum : sum;
        }
      }
    }
  }

  @Override
  public void max(
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
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++) {
        for (int c = 0; c < g.channels(); c++) {
          int winner = rows.first(oh) * g.width() + columns.first(ow);
          float largest = x[xOffset + winner * g.channels() + c];
          for (int h = rows.first(oh); h < rows.end(oh); h += rows.dilation()) {
            for (int w = columns.first(ow); w < columns.end(ow); w += columns.dilation()) {
              float v = x[xOffset + (h * g.width() + w) * g.channels() + c];
              if (v > largest || Float.isNaN(v)) {
                largest = v;
                winner = h * g.width() + w;
              }
            }
          }
          int out = (oh * g.outWidth() + ow) * g.channels() + c;
          y[yOffset + out] = largest;
          winners[winnersOffset + out] = winner;
        }
      }
    }
  }

  @Override
  public void maxGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] winners,
      int winnersOffset,
      PoolGeometry g,
      int fromRow,
      int toRow,
      boolean add) {
    for (int h = fromRow; h < toRow; h++) {
      for (int w = 0; w < g.width(); w++) {
        int pixel = h * g.width() + w;
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int oh = g.rows().firstWindow(h); oh < g.rows().endWindow(h); oh++) {
            for (int ow = g.columns().firstWindow(w); ow < g.columns().endWindow(w); ow++) {
              int window = (oh * g.outWidth() + ow) * g.channels() + c;
              if (winners[winnersOffset + window] == pixel) {
                sum += dy[dyOffset + window];
              }
            }
          }
          int at = dxOffset + pixel * g.channels() + c;
          dx[at] = add ? dx[at] + sum : sum;
        }
      }
    }
  }
}
