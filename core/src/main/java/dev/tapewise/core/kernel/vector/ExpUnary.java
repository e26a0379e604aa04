package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of the table that are made of {@code exp(x) - 1}. */
final class ExpUnary {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private ExpUnary() {}

  static final class Tanh extends VectorUnary {
    Tanh(UnaryFunction.Tanh f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      VectorFunctions.negativeMagnitude(s, sAt, x, xAt, count, 2f);
      VectorFunctions.expm1(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector m = FloatVector.fromArray(S, s, sAt + i);
        IntVector magnitude = m.div(m.add(2f)).abs().reinterpretAsInts();
        IntVector sign =
            FloatVector.fromArray(S, x, xAt + i).reinterpretAsInts().and(Integer.MIN_VALUE);
        magnitude.or(sign).reinterpretAsFloats().intoArray(y, yAt + i);
      }
    }

    @Override
    void gradients(
        float[] dx,
        int dxAt,
        float[] dy,
        int dyAt,
        float[] v,
        int vAt,
        int count,
        float[] s,
        int sAt) {
      VectorFunctions.negativeMagnitude(s, sAt, v, vAt, count, 2f);
      VectorFunctions.exp(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        FloatVector d = e.add(1f);
        g.mul(e.div(d.mul(d)).mul(4f)).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class Elu extends VectorUnary {
    private final float alpha;

    Elu(UnaryFunction.Elu f) {
      super(f);
      this.alpha = f.alpha();
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      System.arraycopy(x, xAt, s, sAt, count);
      VectorFunctions.expm1(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector m = FloatVector.fromArray(S, s, sAt + i).mul(alpha);
        m.blend(t, t.compare(VectorOperators.GT, 0f)).intoArray(y, yAt + i);
      }
    }

    @Override
    void gradients(
        float[] dx,
        int dxAt,
        float[] dy,
        int dyAt,
        float[] v,
        int vAt,
        int count,
        float[] s,
        int sAt) {
      System.arraycopy(v, vAt, s, sAt, count);
      VectorFunctions.exp(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        g.mul(e.mul(alpha).blend(1f, t.compare(VectorOperators.GT, 0f))).intoArray(dx, dxAt + i);
      }
    }
  }
}
