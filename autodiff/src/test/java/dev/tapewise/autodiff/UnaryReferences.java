package dev.tapewise.autodiff;

import com.google.gson.JsonObject;

/** The functions of one element. */
final class UnaryReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // two each of leaky relu and gelu, one each of the others
    return 11;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "leaky_relu",
          "hardswish",
          "hardsigmoid",
          "sigmoid",
          "silu",
          "tanh",
          "gelu",
          "elu",
          "softplus" ->
          true;
      default -> false;
    };
  }

  @Override
  public float elementBound(ReferenceCase c, String role) {
    if (!role.equals("output") && (c.op().equals("silu") || c.op().equals("gelu"))) {
      return Float.POSITIVE_INFINITY; // the slope has a zero, where no relative bound holds
    }
    // the exponential's rounded argument costs e^w a relative error of |w| times a rounding
    return c.name().equals("gelu_tanh") ? 3e-5f : 1e-6f;
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    return switch (c.op()) {
      case "leaky_relu" -> x.leakyRelu(c.real("negative_slope"));
      case "hardswish" -> x.hardSwish();
      case "hardsigmoid" -> x.hardSigmoid();
      case "sigmoid" -> x.sigmoid();
      case "silu" -> x.silu();
      case "tanh" -> x.tanh();
      case "gelu" ->
          c.options().get("approximate").getAsString().equals("tanh") ? x.geluTanh() : x.gelu();
      case "elu" -> x.elu(c.real("alpha"));
      case "softplus" -> x.softplus(c.real("beta"), c.real("threshold"));
      default -> throw new IllegalStateException(c.op());
    };
  }
}
