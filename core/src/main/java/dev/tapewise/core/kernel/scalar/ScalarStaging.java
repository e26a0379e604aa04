package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import java.util.Objects;

/** The definition of {@link Staging}. */
final class ScalarStaging implements Staging {

  @Override
  public void rows(float[] out, int outOffset, Reading x, int row, int rows, int channels) {
    int from = x.offset() + row * channels;
    float[] coefficients = x.coefficients();
    if (coefficients == null) {
      System.arraycopy(x.data(), from, out, outOffset, rows * channels);
      return;
    }
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        float normalised =
            Math.fma(
                x.data()[from + r * channels + c],
                coefficients[x.scale() + c],
                coefficients[x.shift() + c]);
        out[outOffset + r * channels + c] = x.activation().value(normalised);
      }
    }
  }

  @Override
  public void gradientRows(
      float[] out, int outOffset, GradientReading dy, int row, int rows, int channels) {
    int skip = row * channels;
    float[] coefficients = dy.coefficients();
    if (coefficients == null) {
      System.arraycopy(dy.data(), dy.offset() + skip, out, outOffset, rows * channels);
      return;
    }
    float[] input = Objects.requireNonNull(dy.input());
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = r * channels + c;
        float z = input[dy.inputOffset() + skip + at];
        float t = Math.fma(z, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
        float g = dy.activation().gradient(dy.data()[dy.offset() + skip + at], t);
        out[outOffset + at] =
            Math.fma(
                g,
                coefficients[dy.a() + c],
                Math.fma(z, coefficients[dy.b() + c], coefficients[dy.d() + c]));
      }
    }
  }
}
