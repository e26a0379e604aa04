package dev.tapewise.core.kernel;

/**
 * Writes rows of a tensor as their consumer is to see them: the passes of batch norm and
 * activation.
 */
public interface Staging {

  /**
   * Writes {@code rows} rows of {@code channels} floats, row-major without gaps.
   *
   * @param out receives {@code rows * channels} floats from {@code outOffset} on; may be the array
   *     that is read, at the same place
   * @param x the tensor and how it is read
   * @param row the first row that is read
   */
  void rows(float[] out, int outOffset, Reading x, int row, int rows, int channels);

  /**
   * Writes {@code rows} rows of a gradient, likewise; {@code out} may be the gradient's own place.
   */
  void gradientRows(
      float[] out, int outOffset, GradientReading dy, int row, int rows, int channels);
}
