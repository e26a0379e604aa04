package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;

/** Whole blocks: squeeze and excitation, inverted residuals. */
final class BlockReferences implements ReferenceFamily {
  @Override
  public int cases() {
    return 4; // two of each
  }

  @Override
  public boolean covers(JsonObject spec) {
    String op = spec.get("op").getAsString();
    return op.equals("squeeze_excite") || op.equals("inverted_residual");
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    return c.op().equals("squeeze_excite") ? squeezeExcite(c, tape) : invertedResidual(c, tape);
  }

  private static Var squeezeExcite(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    boolean hard = c.options().get("gate").getAsString().equals("hardsigmoid");
    Var few = dense(c, tape, x.mean(true, 1, 2), "fc1");
    Var scale = dense(c, tape, hard ? few.relu() : few.silu(), "fc2");
    return x.mul(hard ? scale.hardSigmoid() : scale.sigmoid());
  }

  private static Var dense(ReferenceCase c, Tape tape, Var x, String layer) {
    Var weight = c.in(tape, layer + "_weight", false);
    Var bias = c.in(tape, layer + "_bias", false);
    return x.conv2d(weight, bias, ConvOptions.valid());
  }

  private static Var invertedResidual(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    Var wide = x.conv2d(c.in(tape, "expand_weight", false), Padding.valid());
    Var normed = norm(c, tape, wide, "bn1").relu6();
    int stride = c.number("stride");
    Var depthwise = c.in(tape, "depthwise_weight", false);
    int channels = depthwise.shape().axis(3);
    Var spatial =
        normed.conv2d(
            depthwise, ConvOptions.padded(Padding.of(1)).withStride(stride).withGroups(channels));
    Var projected =
        norm(c, tape, spatial, "bn2")
            .relu6()
            .conv2d(c.in(tape, "project_weight", false), Padding.valid());
    Var y = norm(c, tape, projected, "bn3");
    return c.flag("residual") ? y.add(x) : y;
  }

  private static Var norm(ReferenceCase c, Tape tape, Var x, String layer) {
    Shape channels = Shape.of(x.shape().axis(3));
    BatchNorm.Running running =
        new BatchNorm.Running(
            tape.buffer(layer + ".mean", channels, Initializer.constant(0)),
            tape.buffer(layer + ".variance", channels, Initializer.constant(1)));
    return x.batchNorm(
        c.in(tape, layer + "_weight", false),
        c.in(tape, layer + "_bias", false),
        running,
        c.real("eps"),
        0.1f);
  }
}
