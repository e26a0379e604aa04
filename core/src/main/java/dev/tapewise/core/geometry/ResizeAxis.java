package dev.tapewise.core.geometry;

/**
 * How one axis of an image is resized: which two entries of the input an entry of the output reads,
 * with which weights, and the same from the input's side. Indices and weights are computed in
 * float32, as PyTorch's {@code interpolate} does, so that both choose the same entries.
 */
public final class ResizeAxis {
  private final int[] first;
  private final int[] second;
  private final float[] secondWeight;
  private final int[] starts;
  private final int[] outputs;
  private final float[] weights;

  private ResizeAxis(int in, int[] first, int[] second, float[] secondWeight) {
    this.first = first;
    this.second = second;
    this.secondWeight = secondWeight;
    this.starts = new int[in + 1];
    for (int o = 0; o < first.length; o++) {
      starts[first[o] + 1]++;
      if (second[o] != first[o]) {
        starts[second[o] + 1]++;
      }
    }
    for (int i = 0; i < in; i++) {
      starts[i + 1] += starts[i];
    }
    this.outputs = new int[starts[in]];
    this.weights = new float[starts[in]];
    int[] next = starts.clone();
    for (int o = 0; o < first.length; o++) {
      int at = next[first[o]]++;
      outputs[at] = o;
      weights[at] = second[o] == first[o] ? 1 : 1 - secondWeight[o];
      if (second[o] != first[o]) {
        at = next[second[o]]++;
        outputs[at] = o;
        weights[at] = secondWeight[o];
      }
    }
  }

  /**
   * The nearest entry in PyTorch's sense (mode {@code nearest}): {@code floor(o * ratio)}.
   *
   * @param ratio entries of the input per entry of the output
   */
  public static ResizeAxis nearest(int in, int out, float ratio) {
    check(in, out);
    int[] source = new int[out];
    for (int o = 0; o < out; o++) {
      source[o] = nearest(o, in, out, ratio);
    }
    return new ResizeAxis(in, source, source, new float[out]);
  }

  private static int nearest(int o, int in, int out, float ratio) {
    if (out == in) {
      return o;
    }
    return out == 2L * in ? o / 2 : Math.min((int) (o * ratio), in - 1);
  }

  /**
   * The two entries around a place, weighted by nearness.
   *
   * @param ratio entries of the input per entry of the output; not used with alignCorners
   * @param alignCorners whether the first and last entries of input and output lie on each other;
   *     otherwise the outer edges of the first and last pixels do
   */
  public static ResizeAxis linear(int in, int out, float ratio, boolean alignCorners) {
    check(in, out);
    float step = alignCorners ? (out > 1 ? (float) (in - 1) / (out - 1) : 0) : ratio;
    int[] first = new int[out];
    int[] second = new int[out];
    float[] weight = new float[out];
    for (int o = 0; o < out; o++) {
      float place = alignCorners ? o * step : Math.max((o + 0.5f) * step - 0.5f, 0);
      if (in == out) {
        place = o;
      }
      first[o] = Math.min((int) place, in - 1);
      second[o] = Math.min(first[o] + 1, in - 1);
      weight[o] = Math.min(place - first[o], 1);
    }
    return new ResizeAxis(in, first, second, weight);
  }

  private static void check(int in, int out) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "an image needs a row and a column: resizing %d to %d".formatted(in, out));
    }
  }

  /** Entries of the input. */
  public int in() {
    return starts.length - 1;
  }

  /** Entries of the output. */
  public int out() {
    return first.length;
  }

  /** The first entry that {@code output} reads. */
  public int first(int output) {
    return first[output];
  }

  /** The second entry that {@code output} reads; may be the first again. */
  public int second(int output) {
    return second[output];
  }

  /** The weight of the second entry; the first has what is missing to 1. */
  public float secondWeight(int output) {
    return secondWeight[output];
  }

  /**
   * The first reader of {@code input}; its last stands before {@code start(input + 1)}. The weights
   * of an output that reads one entry twice are one.
   */
  public int start(int input) {
    return starts[input];
  }

  /** Which output a reader is, in rising order. */
  public int output(int reader) {
    return outputs[reader];
  }

  /** The weight with which a reader reads. */
  public float weight(int reader) {
    return weights[reader];
  }
}
