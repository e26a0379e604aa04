package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Unary;
import dev.tapewise.core.kernel.UnaryFunction;

/**
 * A function of each element in blocks that stay in the first-level cache: lanes are consecutive
 * elements, and the last few go one by one. Each function has loops of its own, and what several
 * share, such as exp, is a loop over a block in scratch: no vector is ever given to a method or
 * returned by one, since C2 boxes those where it does not inline.
 */
abstract class VectorUnary implements Unary {
  private static final int L = Lanes.COUNT;

  private final UnaryFunction f;

  VectorUnary(UnaryFunction f) {
    this.f = f;
  }

  static Unary of(UnaryFunction function) {
    return switch (function) {
      case UnaryFunction.LeakyRelu f -> new HardUnary.LeakyRelu(f);
      case UnaryFunction.HardSigmoid f -> new HardUnary.HardSigmoid(f);
      case UnaryFunction.HardSwish f -> new HardUnary.HardSwish(f);
      case UnaryFunction.Sigmoid f -> new SigmoidUnary.Sigmoid(f);
      case UnaryFunction.Silu f -> new SigmoidUnary.Silu(f);
      case UnaryFunction.Softplus f -> new SigmoidUnary.Softplus(f);
      case UnaryFunction.Tanh f -> new ExpUnary.Tanh(f);
      case UnaryFunction.Elu f -> new ExpUnary.Elu(f);
      case UnaryFunction.Gelu f -> new GeluUnary.Gelu(f);
      case UnaryFunction.GeluTanh f -> new GeluUnary.GeluTanh(f);
    };
  }

  /** A block of values: {@code count} is a multiple of the lanes and {@code s} has room for it. */
  abstract void values(float[] y, int yAt, float[] x, int xAt, int count, float[] s, int sAt);

  /** A block of gradients, likewise. */
  abstract void gradients(
      float[] dx,
      int dxAt,
      float[] dy,
      int dyAt,
      float[] v,
      int vAt,
      int count,
      float[] s,
      int sAt);

  @Override
  public final void value(
      float[] y, int yOffset, float[] x, int xOffset, int count, float[] scratch, int at) {
    int whole = count - count % L;
    for (int i = 0; i < whole; i += SCRATCH) {
      values(y, yOffset + i, x, xOffset + i, Math.min(SCRATCH, whole - i), scratch, at);
    }
    for (int i = whole; i < count; i++) {
      y[yOffset + i] = f.value(x[xOffset + i]);
    }
  }

  @Override
  public final void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] v,
      int vOffset,
      int count,
      float[] scratch,
      int at) {
    int whole = count - count % L;
    for (int i = 0; i < whole; i += SCRATCH) {
      int block = Math.min(SCRATCH, whole - i);
      gradients(dx, dxOffset + i, dy, dyOffset + i, v, vOffset + i, block, scratch, at);
    }
    for (int i = whole; i < count; i++) {
      dx[dxOffset + i] = dy[dyOffset + i] * f.slope(v[vOffset + i]);
    }
  }
}
