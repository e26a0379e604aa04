package dev.tapewise.core.kernel;

/**
 * Sums along a row, in double precision: element i goes to partial sum {@code i mod 8}, in
 * increasing order, and the eight are added as ((0+1)+(2+3))+((4+5)+(6+7)). The one implementation
 * for all machines: eight independent chains keep a core's adders busy without vectors.
 */
public final class LaneSums {
  private LaneSums() {}

  /** {@code Σ x[i]} of {@code count} elements from {@code offset} on. */
  public static double sum(float[] x, int offset, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = offset + (count & -8);
    for (int i = offset; i < whole; i += 8) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
      s4 += x[i + 4];
      s5 += x[i + 5];
      s6 += x[i + 6];
      s7 += x[i + 7];
    }
    int rest = count & 7;
    s0 += rest > 0 ? x[whole] : 0;
    s1 += rest > 1 ? x[whole + 1] : 0;
    s2 += rest > 2 ? x[whole + 2] : 0;
    s3 += rest > 3 ? x[whole + 3] : 0;
    s4 += rest > 4 ? x[whole + 4] : 0;
    s5 += rest > 5 ? x[whole + 5] : 0;
    s6 += rest > 6 ? x[whole + 6] : 0;
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  /** {@code Σ a[i] * b[i]} of {@code count} elements; a product of two floats is exact here. */
  public static double dot(float[] a, int aOffset, float[] b, int bOffset, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int whole = count & -8;
    for (int i = 0; i < whole; i += 8) {
      s0 += (double) a[aOffset + i] * b[bOffset + i];
      s1 += (double) a[aOffset + i + 1] * b[bOffset + i + 1];
      s2 += (double) a[aOffset + i + 2] * b[bOffset + i + 2];
      s3 += (double) a[aOffset + i + 3] * b[bOffset + i + 3];
      s4 += (double) a[aOffset + i + 4] * b[bOffset + i + 4];
      s5 += (double) a[aOffset + i + 5] * b[bOffset + i + 5];
      s6 += (double) a[aOffset + i + 6] * b[bOffset + i + 6];
      s7 += (double) a[aOffset + i + 7] * b[bOffset + i + 7];
    }
    int rest = count & 7;
    int p = aOffset + whole;
    int q = bOffset + whole;
    s0 += rest > 0 ? (double) a[p] * b[q] : 0;
    s1 += rest > 1 ? (double) a[p + 1] * b[q + 1] : 0;
    s2 += rest > 2 ? (double) a[p + 2] * b[q + 2] : 0;
    s3 += rest > 3 ? (double) a[p + 3] * b[q + 3] : 0;
    s4 += rest > 4 ? (double) a[p + 4] * b[q + 4] : 0;
    s5 += rest > 5 ? (double) a[p + 5] * b[q + 5] : 0;
    s6 += rest > 6 ? (double) a[p + 6] * b[q + 6] : 0;
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }
}
