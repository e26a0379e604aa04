package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of the table that are made of the sigmoid. */
final class SigmoidUnary {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final float END = UnaryFunction.Silu.END;

  private SigmoidUnary() {}

  static final class Sigmoid extends VectorUnary {
    Sigmoid(UnaryFunction.Sigmoid f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      VectorFunctions.negativeMagnitude(s, sAt, x, xAt, count, 1f);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        one.blend(e, t.compare(VectorOperators.LT, 0f)).div(e.add(1f)).intoArray(y, yAt + i);
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
      VectorFunctions.negativeMagnitude(s, sAt, v, vAt, count, 1f);
      VectorFunctions.exp(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        FloatVector d = e.add(1f);
        g.mul(e.div(d.mul(d))).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class Silu extends VectorUnary {
    Silu(UnaryFunction.Silu f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      VectorFunctions.negativeMagnitude(s, sAt, x, xAt, count, 1f);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector sigmoid = one.blend(e, t.compare(VectorOperators.LT, 0f)).div(e.add(1f));
        t.blend(-END, t.compare(VectorOperators.LT, -END)).mul(sigmoid).intoArray(y, yAt + i);
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
      VectorFunctions.negativeMagnitude(s, sAt, v, vAt, count, 1f);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        t = t.blend(-END, t.compare(VectorOperators.LT, -END));
        t = t.blend(END, t.compare(VectorOperators.GT, END));
        FloatVector d = e.add(1f);
        FloatVector sigmoid = one.blend(e, t.compare(VectorOperators.LT, 0f)).div(d);
        g.mul(t.fma(e.div(d.mul(d)), sigmoid)).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class Softplus extends VectorUnary {
    private final float beta;
    private final float threshold;

    Softplus(UnaryFunction.Softplus f) {
      super(f);
      this.beta = f.beta();
      this.threshold = f.threshold();
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      VectorFunctions.negativeMagnitude(s, sAt, x, xAt, count, beta);
      VectorFunctions.exp(s, sAt, count);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector u = t.mul(beta);
        FloatVector p =
            e.fma(FloatVector.broadcast(S, -0.0033184746f), FloatVector.broadcast(S, 0.020204594f));
        p = p.fma(e, FloatVector.broadcast(S, -0.05766446f));
        p = p.fma(e, FloatVector.broadcast(S, 0.10680557f));
        p = p.fma(e, FloatVector.broadcast(S, -0.15355398f));
        p = p.fma(e, FloatVector.broadcast(S, 0.19695401f));
        p = p.fma(e, FloatVector.broadcast(S, -0.24958588f));
        p = p.fma(e, FloatVector.broadcast(S, 0.33330512f));
        p = p.fma(e, FloatVector.broadcast(S, -0.4999993f));
        p.fma(e.mul(e), e)
            .add(u.blend(0f, u.compare(VectorOperators.LT, 0f)))
            .div(beta)
            .blend(t, u.compare(VectorOperators.GT, threshold))
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
      VectorFunctions.negativeMagnitude(s, sAt, v, vAt, count, beta);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i).mul(beta);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        FloatVector sigmoid = one.blend(e, t.compare(VectorOperators.LT, 0f)).div(e.add(1f));
        g.mul(sigmoid.blend(1f, t.compare(VectorOperators.GT, threshold))).intoArray(dx, dxAt + i);
      }
    }
  }
}
