package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.autodiff.op.Linear;

/** The ops that the first networks needed beside convolutions. */
final class BasicReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // relu, relu6, 7 batch norm, 3 linear
    return 12;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "relu", "relu6", "batch_norm", "linear" -> true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    return switch (c.op()) {
      case "relu" -> c.in(tape, "input", true).relu();
      case "relu6" -> c.in(tape, "input", true).relu6();
      case "linear" ->
          c.flag("bias")
              ? c.in(tape, "input", true)
                  .apply(new Linear(true), c.in(tape, "weight", false), c.in(tape, "bias", false))
              : c.in(tape, "input", true).apply(new Linear(false), c.in(tape, "weight", false));
      case "batch_norm" -> norm(c, tape);
      default -> throw new IllegalStateException(c.op());
    };
  }

  private static Var norm(ReferenceCase c, Tape tape) {
    int channels = c.shape("running_mean")[0];
    Var input = c.in(tape, "input", true);
    boolean affine = c.flag("affine");
    Var scale = affine ? c.in(tape, "weight", false) : c.constant(tape, "one", channels, 1);
    Var shift = affine ? c.in(tape, "bias", false) : c.constant(tape, "zero", channels, 0);
    BatchNorm.Running running =
        new BatchNorm.Running(c.buffer(tape, "running_mean"), c.buffer(tape, "running_var"));
    BatchNorm op =
        c.flag("training")
            ? BatchNorm.training(running, c.real("eps"), c.real("momentum"))
            : BatchNorm.evaluation(running, c.real("eps"));
    return input.apply(op, scale, shift);
  }
}
