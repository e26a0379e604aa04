package dev.tapewise.bench.torch;

import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.ArithmeticOp;
import dev.tapewise.autodiff.op.AveragePool;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.autodiff.op.Clamp;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.autodiff.op.Linear;
import dev.tapewise.autodiff.op.UnaryOp;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A network that Tapewise recorded, played by PyTorch op by op in training mode, from the same
 * parameters. As in torchvision activations work in place, and a tensor is let go of after its last
 * use, so that autograd alone decides what lives on.
 */
final class TorchNetwork {
  private final Tensors tensors;
  private final List<Tensor> parameters = new ArrayList<>();
  private final Map<Parameter, Tensor> byParameter = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<Var, Integer> slots = new HashMap<>();
  private final Map<Var, Integer> uses = new HashMap<>();
  private final int input;
  private final int output;

  /** An op on tensors. */
  private interface Operation {
    Tensor apply(@Nullable Tensor[] values);
  }

  /**
   * One op with the slots that are read for the last time by it; an op in place has none of its
   * own.
   */
  private record Step(Operation operation, int result, int[] last, boolean inPlace) {}

  TorchNetwork(Tape tape, Var images, Var logits, Tensors tensors) {
    this.tensors = tensors;
    input = slot(images);
    for (Node node : tape.nodes()) {
      for (Var v : node.inputs()) {
        uses.merge(v, 1, Integer::sum);
      }
    }
    Set<Var> seen = new HashSet<>();
    List<Step> backwards = new ArrayList<>();
    for (Node node : tape.nodes()) {
      record(node);
    }
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      Node node = tape.nodes().get(i);
      int[] last =
          node.inputs().stream()
              .filter(v -> v.parameter() == null && !v.equals(images) && seen.add(v))
              .mapToInt(this::slot)
              .toArray();
      backwards.add(new Step(step.operation, step.result, last, step.inPlace));
    }
    steps.clear();
    steps.addAll(backwards.reversed());
    output = slot(logits);
  }

  private int slot(Var v) {
    return slots.computeIfAbsent(v, _ -> slots.size());
  }

  /** The trainable parameters, in the order of first use. */
  List<Tensor> parameters() {
    return parameters;
  }

  /** The logits of a batch. */
  Tensor forward(Tensor images) {
    @Nullable Tensor[] values = new Tensor[slots.size()];
    values[input] = images;
    for (Step step : steps) {
      values[step.result] = step.operation.apply(values);
      for (int slot : step.last) {
        Tensor gone = values[slot];
        if (gone != null && !step.inPlace) {
          gone.deallocate();
        }
        values[slot] = null;
      }
    }
    return value(values, output);
  }

  private static Tensor value(@Nullable Tensor[] values, int slot) {
    Tensor value = values[slot];
    if (value == null) {
      throw new IllegalStateException("a tensor was let go of too early");
    }
    return value;
  }

  private void record(Node node) {
    int x = slot(node.inputs().get(0));
    boolean activation = node.op() instanceof Clamp || node.op() instanceof UnaryOp;
    boolean inPlace = activation && uses.getOrDefault(node.inputs().get(0), 0) == 1;
    Operation operation =
        switch (node.op()) {
          case Conv2d conv -> conv(node, conv.geometry(), x);
          case BatchNorm norm -> norm(node, norm, x);
          case Clamp clamp -> clamp(node, clamp, x, inPlace);
          case Linear _ -> linear(node, x);
          case ArithmeticOp _ -> arithmetic(node, x, slot(node.inputs().get(1)));
          case UnaryOp unary -> unary(node, unary, x, inPlace);
          case AveragePool _ -> globalPool(node, x);
          default -> throw unknown(node);
        };
    steps.add(new Step(operation, slot(node.output()), new int[0], inPlace));
  }

  private static IllegalArgumentException unknown(Node node) {
    return new IllegalArgumentException(
        "the peer does not know " + node.label() + " yet. Teach it in TorchNetwork");
  }

  private Tensor trainable(Var v, boolean depthwise) {
    Parameter p = v.parameter();
    if (p == null) {
      throw new IllegalArgumentException(v + " is not a parameter");
    }
    return byParameter.computeIfAbsent(
        p,
        _ -> {
          Tensor tensor = tensors.parameter(p, depthwise);
          tensor.set_requires_grad(true);
          parameters.add(tensor);
          return tensor;
        });
  }

  private TensorOptional optional(Node node, int input) {
    return node.inputs().size() > input
        ? new TensorOptional(trainable(node.inputs().get(input), false))
        : new TensorOptional();
  }

  private Operation conv(Node node, ConvGeometry g, int x) {
    if (g.padTop() != g.padBottom() || g.padLeft() != g.padRight()) {
      throw unknown(node);
    }
    Tensor w = trainable(node.inputs().get(1), g.isDepthwise() && g.outPerGroup() > 1);
    TensorOptional bias = optional(node, 2);
    long[] stride = {g.strideHeight(), g.strideWidth()};
    long[] padding = {g.padTop(), g.padLeft()};
    long[] dilation = {g.dilationHeight(), g.dilationWidth()};
    return values -> torch.conv2d(value(values, x), w, bias, stride, padding, dilation, g.groups());
  }

  private Operation norm(Node node, BatchNorm norm, int x) {
    TensorOptional scale = optional(node, 1);
    TensorOptional shift = optional(node, 2);
    TensorOptional mean = new TensorOptional(buffer(norm.running().mean()));
    TensorOptional variance = new TensorOptional(buffer(norm.running().variance()));
    return values ->
        torch.batch_norm(
            value(values, x),
            scale,
            shift,
            mean,
            variance,
            true,
            norm.momentum(),
            norm.epsilon(),
            true);
  }

  private static Tensor buffer(Parameter p) {
    return Tensor.create(p.toArray(), p.size());
  }

  private static Operation clamp(Node node, Clamp clamp, int x, boolean inPlace) {
    if (clamp.low() == 0 && clamp.high() == Float.POSITIVE_INFINITY) {
      return either(inPlace, x, torch::relu_, torch::relu);
    }
    if (clamp.low() == 0 && clamp.high() == 6) {
      Scalar low = new Scalar(0f);
      Scalar high = new Scalar(6f);
      return either(
          inPlace, x, t -> torch.hardtanh_(t, low, high), t -> torch.hardtanh(t, low, high));
    }
    throw unknown(node);
  }

  private static Operation unary(Node node, UnaryOp unary, int x, boolean inPlace) {
    return switch (unary.function()) {
      case UnaryFunction.HardSwish _ -> either(inPlace, x, torch::hardswish_, torch::hardswish);
      case UnaryFunction.HardSigmoid _ ->
          either(inPlace, x, torch::hardsigmoid_, torch::hardsigmoid);
      case UnaryFunction.Silu _ -> either(inPlace, x, torch::silu_, torch::silu);
      default -> throw unknown(node);
    };
  }

  /** What an op in place returns is a second name for its operand. */
  private static Operation either(
      boolean inPlace, int x, UnaryOperator<Tensor> over, UnaryOperator<Tensor> fresh) {
    return inPlace
        ? values -> {
          Tensor operand = value(values, x);
          Tensor _ = over.apply(operand);
          return operand;
        }
        : values -> fresh.apply(value(values, x));
  }

  private static Operation arithmetic(Node node, int x, int y) {
    return switch (node.op().name()) {
      case "add" -> values -> value(values, x).add(value(values, y));
      case "mul" -> values -> value(values, x).mul(value(values, y));
      default -> throw unknown(node);
    };
  }

  private Operation linear(Node node, int x) {
    Tensor w = trainable(node.inputs().get(1), false);
    TensorOptional bias = optional(node, 2);
    return values -> torch.linear(value(values, x), w, bias);
  }

  /** A window over the whole image, whatever its size. */
  private static Operation globalPool(Node node, int x) {
    Shape result = node.output().shape();
    boolean flat = result.rank() == 2;
    if (!flat && result.axis(1) * result.axis(2) != 1) {
      throw unknown(node);
    }
    return flat
        ? values -> torch.adaptive_avg_pool2d(value(values, x), 1, 1).flatten(1, -1)
        : values -> torch.adaptive_avg_pool2d(value(values, x), 1, 1);
  }
}
