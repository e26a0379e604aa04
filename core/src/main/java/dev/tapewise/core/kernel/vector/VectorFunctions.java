package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Functions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponentials of {@link Functions} over blocks, in place, with the same operations and blends
 * for branches. Counts are multiples of the lanes.
 */
final class VectorFunctions {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.6933594f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float ROUNDER = 0x1.8p23f;
  private static final int ROUNDER_BITS = 0x4B400000;
  private static final float LARGEST_EXP = 88.72284f;
  private static final float SMALLEST_EXP = -103.972084f;
  private static final float SMALLEST_EXPM1 = -87f;

  private VectorFunctions() {}

  /** {@link Functions#exp}. */
  static void exp(float[] a, int offset, int count) {
    for (int i = offset, end = offset + count; i < end; i += L) {
      FloatVector x = FloatVector.fromArray(S, a, i);
      FloatVector shifted =
          x.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
      FloatVector n = shifted.sub(ROUNDER);
      FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
      FloatVector p =
          r.fma(FloatVector.broadcast(S, 1.9875691e-4f), FloatVector.broadcast(S, 1.3981999e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 8.333452e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 0.041665796f));
      p = p.fma(r, FloatVector.broadcast(S, 0.16666666f));
      p = p.fma(r, FloatVector.broadcast(S, 0.5f));
      FloatVector y = p.fma(r.mul(r), r).add(1f);
      // the low bits of a shifted number are the integer
      IntVector integer = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = integer.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = integer.sub(half);
      y.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
          .mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats())
          .blend(0f, x.compare(VectorOperators.LT, SMALLEST_EXP))
          .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, LARGEST_EXP))
          .intoArray(a, i);
    }
  }

  /** {@link Functions#expm1}, for values of at most 0; others become anything. */
  static void expm1(float[] a, int offset, int count) {
    for (int i = offset, end = offset + count; i < end; i += L) {
      FloatVector x = FloatVector.fromArray(S, a, i);
      FloatVector t = x.blend(SMALLEST_EXPM1, x.compare(VectorOperators.LT, SMALLEST_EXPM1));
      FloatVector shifted =
          t.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDER));
      FloatVector n = shifted.sub(ROUNDER);
      FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), t);
      r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);
      FloatVector p =
          r.fma(FloatVector.broadcast(S, 1.9875691e-4f), FloatVector.broadcast(S, 1.3981999e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 8.333452e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 0.041665796f));
      p = p.fma(r, FloatVector.broadcast(S, 0.16666666f));
      p = p.fma(r, FloatVector.broadcast(S, 0.5f));
      FloatVector power =
          shifted
              .reinterpretAsInts()
              .sub(ROUNDER_BITS - 127)
              .lanewise(VectorOperators.LSHL, 23)
              .reinterpretAsFloats();
      p.fma(r.mul(r), r).fma(power, power.sub(1f)).intoArray(a, i);
    }
  }

  /** {@code a = -|factor * x|}. */
  static void negativeMagnitude(
      float[] a, int offset, float[] x, int xOffset, int count, float factor) {
    for (int i = 0; i < count; i += L) {
      FloatVector.fromArray(S, x, xOffset + i).mul(factor).abs().neg().intoArray(a, offset + i);
    }
  }
}
