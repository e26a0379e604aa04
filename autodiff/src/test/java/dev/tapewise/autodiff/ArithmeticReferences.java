package dev.tapewise.autodiff;

import com.google.gson.JsonObject;

/** Elementwise arithmetic with broadcasting, sums and means over axes, matrix products. */
final class ArithmeticReferences implements ReferenceFamily {

  @Override
  public int cases() {
    // 3 add, sub, 3 mul, div, 5 sum, 5 mean, 4 matmul
    return 22;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "add", "sub", "mul", "div", "sum", "mean", "matmul" -> true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    return switch (c.op()) {
      case "add" -> operand(c, tape, "a").add(operand(c, tape, "b"));
      case "sub" -> operand(c, tape, "a").sub(operand(c, tape, "b"));
      case "mul" -> operand(c, tape, "a").mul(operand(c, tape, "b"));
      case "div" -> operand(c, tape, "a").div(operand(c, tape, "b"));
      case "matmul" -> operand(c, tape, "a").matmul(operand(c, tape, "b"));
      case "sum" -> c.in(tape, "input", true).sum(c.flag("keep_axes"), axes(c));
      case "mean" -> c.in(tape, "input", true).mean(c.flag("keep_axes"), axes(c));
      default -> throw new IllegalStateException(c.op());
    };
  }

  /** An operand, with a batch where its axis 0 is that of the output. */
  private static Var operand(ReferenceCase c, Tape tape, String role) {
    int[] x = c.shape(role);
    int[] y = c.shape("output");
    return c.in(tape, role, x.length == y.length && x[0] == y[0]);
  }

  private static int[] axes(ReferenceCase c) {
    int[] axes = new int[c.options().getAsJsonArray("axes").size()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = c.number("axes", i);
    }
    return axes;
  }
}
