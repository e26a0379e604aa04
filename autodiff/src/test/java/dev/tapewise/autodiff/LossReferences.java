package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.op.BinaryCrossEntropyLoss;
import dev.tapewise.autodiff.op.CrossEntropyLoss;
import dev.tapewise.autodiff.op.Reduction;
import dev.tapewise.autodiff.op.RegressionLoss;
import dev.tapewise.autodiff.op.SoftCrossEntropyLoss;
import java.util.Locale;

/** Softmax and losses. */
final class LossReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // 2 softmax, 2 log softmax, 11 cross entropy, 2 mse, l1, 2 huber, 2 smooth l1, 3 bce
    return 25;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "softmax",
          "log_softmax",
          "cross_entropy",
          "mse_loss",
          "l1_loss",
          "huber_loss",
          "smooth_l1_loss",
          "bce_with_logits" ->
          true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    return switch (c.op()) {
      case "softmax" -> x.softmax(c.number("axis"));
      case "log_softmax" -> x.logSoftmax(c.number("axis"));
      default -> x.apply(loss(c), c.in(tape, "target", true));
    };
  }

  private static Op loss(ReferenceCase c) {
    Reduction how =
        Reduction.valueOf(c.options().get("reduction").getAsString().toUpperCase(Locale.ROOT));
    return switch (c.op()) {
      case "mse_loss" -> RegressionLoss.squared().reducedBy(how);
      case "l1_loss" -> RegressionLoss.absolute().reducedBy(how);
      case "huber_loss" -> RegressionLoss.huber(c.real("delta")).reducedBy(how);
      case "smooth_l1_loss" -> RegressionLoss.smoothAbsolute(c.real("beta")).reducedBy(how);
      case "bce_with_logits" -> {
        BinaryCrossEntropyLoss loss = new BinaryCrossEntropyLoss().reducedBy(how);
        yield c.flag("pos_weight") ? loss.positiveWeights(c.values("pos_weight")) : loss;
      }
      case "cross_entropy" -> crossEntropy(c, how);
      default -> throw new IllegalStateException(c.op());
    };
  }

  private static Op crossEntropy(ReferenceCase c, Reduction how) {
    float smoothing = c.real("label_smoothing");
    float[] weights = c.flag("class_weights") ? c.values("class_weight") : new float[0];
    if (c.options().has("soft_targets")) {
      return new SoftCrossEntropyLoss(smoothing).weights(weights).reducedBy(how);
    }
    CrossEntropyLoss loss = new CrossEntropyLoss(smoothing).weights(weights).reducedBy(how);
    return c.options().has("ignore_index") ? loss.ignoring(c.number("ignore_index")) : loss;
  }
}
