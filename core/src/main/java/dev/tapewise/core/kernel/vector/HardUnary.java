package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of the table that are made of lines. */
final class HardUnary {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private HardUnary() {}

  static final class LeakyRelu extends VectorUnary {
    private final float slope;

    LeakyRelu(UnaryFunction.LeakyRelu f) {
      super(f);
      this.slope = f.slope();
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        t.mul(slope).blend(t, t.compare(VectorOperators.GT, 0f)).intoArray(y, yAt + i);
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
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        g.mul(slope).blend(g, t.compare(VectorOperators.GT, 0f)).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class HardSigmoid extends VectorUnary {
    HardSigmoid(UnaryFunction.HardSigmoid f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector gate = t.add(3f);
        gate = gate.blend(0f, gate.compare(VectorOperators.LT, 0f));
        gate = gate.blend(6f, gate.compare(VectorOperators.GT, 6f));
        gate.mul(UnaryFunction.SIXTH).intoArray(y, yAt + i);
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
      FloatVector zero = FloatVector.zero(S);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        FloatVector slope =
            zero.blend(
                UnaryFunction.SIXTH,
                t.compare(VectorOperators.GT, -3f).and(t.compare(VectorOperators.LT, 3f)));
        g.mul(slope).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class HardSwish extends VectorUnary {
    HardSwish(UnaryFunction.HardSwish f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector gate = t.add(3f);
        gate = gate.blend(0f, gate.compare(VectorOperators.LT, 0f));
        gate = gate.blend(6f, gate.compare(VectorOperators.GT, 6f));
        t.blend(-3f, t.compare(VectorOperators.LT, -3f))
            .mul(gate.mul(UnaryFunction.SIXTH))
            .intoArray(y, yAt + i);
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
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        FloatVector slope =
            t.add(1.5f)
                .mul(UnaryFunction.THIRD)
                .blend(1f, t.compare(VectorOperators.GT, 3f))
                .blend(0f, t.compare(VectorOperators.LT, -3f));
        g.mul(slope).intoArray(dx, dxAt + i);
      }
    }
  }
}
