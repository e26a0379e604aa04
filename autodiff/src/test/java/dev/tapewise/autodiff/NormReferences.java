package dev.tapewise.autodiff;

import com.google.gson.JsonObject;

/** Group, instance and layer norm. */
final class NormReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // 4 group, 1 instance, 3 layer
    return 8;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "group_norm", "instance_norm", "layer_norm" -> true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    Var scale = c.in(tape, "weight", false);
    Var shift = c.in(tape, "bias", false);
    float epsilon = c.real("eps");
    return switch (c.op()) {
      case "group_norm" -> x.groupNorm(c.number("groups"), scale, shift, epsilon);
      case "instance_norm" -> x.instanceNorm(scale, shift, epsilon);
      case "layer_norm" -> x.layerNorm(scale, shift, epsilon);
      default -> throw new IllegalStateException(c.op());
    };
  }
}
