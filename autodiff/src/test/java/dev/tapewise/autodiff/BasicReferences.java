package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.op.AveragePool;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.autodiff.op.CrossEntropyLoss;
import dev.tapewise.autodiff.op.Linear;
import dev.tapewise.core.geometry.PoolGeometry;

/** The ops that the first networks needed beside convolutions. */
final class BasicReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // relu, relu6, 7 batch norm, 4 average pool without ceil mode, global pool, 3 linear,
    // 3 cross entropy by mean over class indices
    return 20;
  }

  @Override
  public boolean covers(JsonObject spec) {
    JsonObject options = spec.getAsJsonObject("options");
    return switch (spec.get("op").getAsString()) {
      case "relu", "relu6", "batch_norm", "global_avg_pool", "linear" -> true;
      case "avg_pool2d" -> !options.get("ceil_mode").getAsBoolean();
      case "cross_entropy" ->
          options.get("reduction").getAsString().equals("mean")
              && !options.get("class_weights").getAsBoolean()
              && !options.has("soft_targets")
              && !options.has("ignore_index")
              && !spec.get("name").getAsString().equals("cross_entropy_pixels");
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    return switch (c.op()) {
      case "relu" -> c.in(tape, "input", true).relu();
      case "relu6" -> c.in(tape, "input", true).relu6();
      case "global_avg_pool" -> c.in(tape, "input", true).globalAveragePool();
      case "linear" ->
          c.flag("bias")
              ? c.in(tape, "input", true)
                  .apply(new Linear(true), c.in(tape, "weight", false), c.in(tape, "bias", false))
              : c.in(tape, "input", true).apply(new Linear(false), c.in(tape, "weight", false));
      case "avg_pool2d" -> pool(c, tape);
      case "batch_norm" -> norm(c, tape);
      case "cross_entropy" ->
          c.in(tape, "input", true)
              .apply(new CrossEntropyLoss(c.real("label_smoothing")), c.in(tape, "target", true));
      default -> throw new IllegalStateException(c.op());
    };
  }

  private static Var pool(ReferenceCase c, Tape tape) {
    int[] x = c.shape("input");
    return c.in(tape, "input", true)
        .apply(
            new AveragePool(
                new PoolGeometry(
                    x[1],
                    x[2],
                    x[3],
                    c.number("kernel", 0),
                    c.number("kernel", 1),
                    c.number("stride", 0),
                    c.number("stride", 1),
                    c.number("padding", 0),
                    c.number("padding", 0),
                    c.number("padding", 1),
                    c.number("padding", 1),
                    c.flag("count_include_pad")),
                false));
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
