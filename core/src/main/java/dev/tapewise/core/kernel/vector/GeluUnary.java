package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Functions;
import dev.tapewise.core.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Both forms of GELU. */
final class GeluUnary {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final float END = Functions.NORMAL_END;

  private GeluUnary() {}

  /** {@code s = -x² / 2} with |x| up to {@link #END}. */
  private static void square(float[] s, int sAt, float[] x, int xAt, int count) {
    for (int i = 0; i < count; i += L) {
      FloatVector t = FloatVector.fromArray(S, x, xAt + i).abs();
      t = t.blend(END, t.compare(VectorOperators.GT, END));
      t.mul(t).mul(-0.5f).intoArray(s, sAt + i);
    }
  }

  /** {@code s = -|w|}, where w is the argument of the sigmoid. */
  private static void argument(float[] s, int sAt, float[] x, int xAt, int count) {
    FloatVector linear = FloatVector.broadcast(S, UnaryFunction.GeluTanh.LINEAR);
    FloatVector cubic = FloatVector.broadcast(S, UnaryFunction.GeluTanh.CUBIC);
    for (int i = 0; i < count; i += L) {
      FloatVector t = FloatVector.fromArray(S, x, xAt + i);
      t.mul(t.mul(t).fma(cubic, linear)).abs().neg().intoArray(s, sAt + i);
    }
  }

  static final class Gelu extends VectorUnary {
    Gelu(UnaryFunction.Gelu f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      square(s, sAt, x, xAt, count);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, x, xAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector low = t.blend(-END, t.compare(VectorOperators.LT, -END));
        FloatVector a = t.abs();
        a = a.blend(END, a.compare(VectorOperators.GT, END));
        FloatVector square = a.mul(a);
        FloatVector rest = a.fma(a, square.neg());
        e = e.mul(-0.5f).fma(rest, e);
        FloatVector u = a.sub(4f).div(a.add(4f));
        FloatVector p =
            u.fma(
                FloatVector.broadcast(S, -6.528439e-05f), FloatVector.broadcast(S, -0.0001678252f));
        p = p.fma(u, FloatVector.broadcast(S, 0.0006577626f));
        p = p.fma(u, FloatVector.broadcast(S, 0.000502551f));
        p = p.fma(u, FloatVector.broadcast(S, -0.008497917f));
        p = p.fma(u, FloatVector.broadcast(S, 0.0308655f));
        p = p.fma(u, FloatVector.broadcast(S, -0.07170674f));
        p = p.fma(u, FloatVector.broadcast(S, 0.1243792f));
        p = p.fma(u, FloatVector.broadcast(S, -0.17039774f));
        p = p.fma(u, FloatVector.broadcast(S, 0.09441064f));
        FloatVector tail = p.mul(e);
        FloatVector normal = one.sub(tail).blend(tail, t.compare(VectorOperators.LT, 0f));
        low.mul(normal).intoArray(y, yAt + i);
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
      square(s, sAt, v, vAt, count);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        t = t.blend(-END, t.compare(VectorOperators.LT, -END));
        t = t.blend(END, t.compare(VectorOperators.GT, END));
        FloatVector a = t.abs();
        FloatVector square = a.mul(a);
        FloatVector rest = a.fma(a, square.neg());
        e = e.mul(-0.5f).fma(rest, e);
        FloatVector u = a.sub(4f).div(a.add(4f));
        FloatVector p =
            u.fma(
                FloatVector.broadcast(S, -6.528439e-05f), FloatVector.broadcast(S, -0.0001678252f));
        p = p.fma(u, FloatVector.broadcast(S, 0.0006577626f));
        p = p.fma(u, FloatVector.broadcast(S, 0.000502551f));
        p = p.fma(u, FloatVector.broadcast(S, -0.008497917f));
        p = p.fma(u, FloatVector.broadcast(S, 0.0308655f));
        p = p.fma(u, FloatVector.broadcast(S, -0.07170674f));
        p = p.fma(u, FloatVector.broadcast(S, 0.1243792f));
        p = p.fma(u, FloatVector.broadcast(S, -0.17039774f));
        p = p.fma(u, FloatVector.broadcast(S, 0.09441064f));
        FloatVector tail = p.mul(e);
        FloatVector normal = one.sub(tail).blend(tail, t.compare(VectorOperators.LT, 0f));
        FloatVector slope = t.fma(e.mul(UnaryFunction.Gelu.DENSITY), normal);
        g.mul(slope).intoArray(dx, dxAt + i);
      }
    }
  }

  static final class GeluTanh extends VectorUnary {
    GeluTanh(UnaryFunction.GeluTanh f) {
      super(f);
    }

    @Override
    void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt) {
      argument(s, sAt, x, xAt, count);
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
      argument(s, sAt, v, vAt, count);
      VectorFunctions.exp(s, sAt, count);
      FloatVector one = FloatVector.broadcast(S, 1f);
      FloatVector linear = FloatVector.broadcast(S, UnaryFunction.GeluTanh.LINEAR);
      FloatVector cubic = FloatVector.broadcast(S, UnaryFunction.GeluTanh.CUBIC_SLOPE);
      for (int i = 0; i < count; i += L) {
        FloatVector t = FloatVector.fromArray(S, v, vAt + i);
        FloatVector e = FloatVector.fromArray(S, s, sAt + i);
        FloatVector g = FloatVector.fromArray(S, dy, dyAt + i);
        t = t.blend(-END, t.compare(VectorOperators.LT, -END));
        t = t.blend(END, t.compare(VectorOperators.GT, END));
        FloatVector d = e.add(1f);
        FloatVector sigmoid = one.blend(e, t.compare(VectorOperators.LT, 0f)).div(d);
        FloatVector dw = t.mul(t).fma(cubic, linear);
        g.mul(t.mul(dw).fma(e.div(d.mul(d)), sigmoid)).intoArray(dx, dxAt + i);
      }
    }
  }
}
