package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Statistics;
import java.util.Objects;

/** The definition of {@link Statistics}. */
final class ScalarStatistics implements Statistics {

  @Override
  public void moments(
      float[] mean,
      int meanOffset,
      float[] centred,
      int centredOffset,
      float[] x,
      int offset,
      int rows,
      int channels) {
    for (int c = 0; c < channels; c++) {
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        sum += x[offset + r * channels + c];
      }
      float centre = sum / rows;
      float squares = 0f;
      for (int r = 0; r < rows; r++) {
        float t = x[offset + r * channels + c] - centre;
        squares = Math.fma(t, t, squares);
      }
      mean[meanOffset + c] = centre;
      centred[centredOffset + c] = squares;
    }
  }

  @Override
  public void gradientSums(
      float[] sum,
      int sumOffset,
      float[] product,
      int productOffset,
      GradientReading dy,
      float[] meanArray,
      int mean,
      int row,
      int rows,
      int channels) {
    float[] input = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    for (int c = 0; c < channels; c++) {
      float gradientSum = 0f;
      float productSum = 0f;
      for (int r = row; r < row + rows; r++) {
        float z = input[dy.inputOffset() + r * channels + c];
        float t = Math.fma(z, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
        float g = dy.activation().gradient(dy.data()[dy.offset() + r * channels + c], t);
        gradientSum += g;
        productSum = Math.fma(g, z - meanArray[mean + c], productSum);
      }
      sum[sumOffset + c] = gradientSum;
      product[productOffset + c] = productSum;
    }
  }

  @Override
  public void columnSums(
      float[] sum, int sumOffset, float[] x, int offset, int rows, int channels) {
    for (int c = 0; c < channels; c++) {
      float total = 0f;
      for (int r = 0; r < rows; r++) {
        total += x[offset + r * channels + c];
      }
      sum[sumOffset + c] = total;
    }
  }
}
