package dev.tapewise.bench.peers;

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
import dev.tapewise.autodiff.op.Sum;
import dev.tapewise.autodiff.op.UnaryOp;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A network that Tapewise recorded, played by PyTorch op by op in training mode, from the same
 * parameters. As in torchvision activations work in place, and a tensor is let go of after its last
 * use, so that autograd alone decides what lives on.
 */
final class TorchNetwork {
  private static final Scalar ZERO = new Scalar(0f);
  private static final Scalar SIX = new Scalar(6f);

  private final Tensors tensors;
  private final Var images;
  private final Var logits;
  private final Map<Parameter, Tensor> byParameter = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();

  /**
   * One op.
   *
   * @param x its operand
   * @param y its second operand, or again the first
   * @param dead what nobody reads any more
   */
  private record Step(BinaryOperator<Tensor> operation, Var x, Var y, Var result, List<Var> dead) {}

  TorchNetwork(Tape tape, Var images, Var logits, Tensors tensors) {
    this.tensors = tensors;
    this.images = images;
    this.logits = logits;
    Map<Var, Node> lastReader = new HashMap<>();
    Map<Var, Integer> readers = new HashMap<>();
    for (Node node : tape.nodes()) {
      for (Var v : node.inputs()) {
        lastReader.put(v, node);
        readers.merge(v, 1, Integer::sum);
      }
    }
    for (Node node : tape.nodes()) {
      boolean arithmetic = node.op() instanceof ArithmeticOp;
      boolean activation = node.op() instanceof Clamp || node.op() instanceof UnaryOp;
      Var x = node.inputs().get(0);
      Var y = node.inputs().get(arithmetic ? 1 : 0);
      boolean inPlace = activation && Integer.valueOf(1).equals(readers.get(x));
      List<Var> dead =
          Stream.of(x, y)
              .distinct()
              .filter(v -> !inPlace && !v.equals(images) && node.equals(lastReader.get(v)))
              .toList();
      steps.add(new Step(operation(node, inPlace), x, y, node.output(), dead));
    }
  }

  /** The trainable parameters, in the order of first use. */
  List<Tensor> parameters() {
    return List.copyOf(byParameter.values());
  }

  /** The logits of a batch. */
  Tensor forward(Tensor batch) {
    Map<Var, Tensor> values = new HashMap<>();
    values.put(images, batch);
    for (Step step : steps) {
      Tensor x = Objects.requireNonNull(values.get(step.x));
      Tensor y = Objects.requireNonNull(values.get(step.y));
      values.put(step.result, step.operation.apply(x, y));
      for (Var v : step.dead) {
        Objects.requireNonNull(values.remove(v)).deallocate();
      }
    }
    return Objects.requireNonNull(values.get(logits));
  }

  private BinaryOperator<Tensor> operation(Node node, boolean inPlace) {
    return switch (node.op()) {
      case Conv2d conv -> conv(node, conv.geometry());
      case BatchNorm norm -> norm(node, norm);
      case Linear _ -> linear(node);
      case AveragePool _ -> globalPool(node);
      case Sum mean when mean.name().equals("mean") -> globalPool(node);
      case Clamp clamp -> clamp(node, clamp, inPlace);
      case UnaryOp unary -> unary(node, unary.function(), inPlace);
      case ArithmeticOp arithmetic when arithmetic.name().equals("add") -> Tensor::add;
      case ArithmeticOp arithmetic when arithmetic.name().equals("mul") -> Tensor::mul;
      default -> throw unknown(node);
    };
  }

  private static IllegalArgumentException unknown(Node node) {
    return new IllegalArgumentException(
        "PyTorch's side does not know " + node.label() + " yet. Teach it in TorchNetwork");
  }

  private Tensor trainable(Node node, int at) {
    Parameter p = Objects.requireNonNull(node.inputs().get(at).parameter());
    return byParameter.computeIfAbsent(p, tensors::parameter);
  }

  private TensorOptional optional(Node node, int at) {
    return node.inputs().size() > at
        ? new TensorOptional(trainable(node, at))
        : new TensorOptional();
  }

  private BinaryOperator<Tensor> conv(Node node, ConvGeometry g) {
    if (g.padTop() != g.padBottom() || g.padLeft() != g.padRight()) {
      throw unknown(node);
    }
    Tensor w = trainable(node, 1);
    TensorOptional bias = optional(node, 2);
    long[] stride = {g.strideHeight(), g.strideWidth()};
    long[] padding = {g.padTop(), g.padLeft()};
    long[] dilation = {g.dilationHeight(), g.dilationWidth()};
    return (x, _) -> torch.conv2d(x, w, bias, stride, padding, dilation, g.groups());
  }

  private BinaryOperator<Tensor> norm(Node node, BatchNorm norm) {
    TensorOptional scale = optional(node, 1);
    TensorOptional shift = optional(node, 2);
    TensorOptional mean = running(norm.running().mean());
    TensorOptional variance = running(norm.running().variance());
    return (x, _) ->
        torch.batch_norm(
            x, scale, shift, mean, variance, true, norm.momentum(), norm.epsilon(), true);
  }

  private static TensorOptional running(Parameter p) {
    return new TensorOptional(Tensor.create(p.toArray(), p.size()));
  }

  private BinaryOperator<Tensor> linear(Node node) {
    Tensor w = trainable(node, 1);
    TensorOptional bias = optional(node, 2);
    return (x, _) -> torch.linear(x, w, bias);
  }

  /** A window over the whole image, or a mean over both its axes, whatever its size. */
  private static BinaryOperator<Tensor> globalPool(Node node) {
    Shape result = node.output().shape();
    if (result.rank() == 2) {
      return (x, _) -> torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1);
    }
    if (result.axis(1) * result.axis(2) != 1) {
      throw unknown(node);
    }
    return (x, _) -> torch.adaptive_avg_pool2d(x, 1, 1);
  }

  private static BinaryOperator<Tensor> clamp(Node node, Clamp clamp, boolean inPlace) {
    if (clamp.low() == 0 && clamp.high() == Float.POSITIVE_INFINITY) {
      return inPlace ? over(torch::relu_) : (x, _) -> torch.relu(x);
    }
    if (clamp.low() == 0 && clamp.high() == 6) {
      return inPlace
          ? over(x -> torch.hardtanh_(x, ZERO, SIX))
          : (x, _) -> torch.hardtanh(x, ZERO, SIX);
    }
    throw unknown(node);
  }

  private static BinaryOperator<Tensor> unary(Node node, UnaryFunction function, boolean inPlace) {
    return switch (function) {
      case UnaryFunction.HardSwish _ ->
          inPlace ? over(torch::hardswish_) : (x, _) -> torch.hardswish(x);
      case UnaryFunction.HardSigmoid _ ->
          inPlace ? over(torch::hardsigmoid_) : (x, _) -> torch.hardsigmoid(x);
      default -> throw unknown(node);
    };
  }

  /** What an op in place returns is a second name of its operand, which does not own it. */
  private static BinaryOperator<Tensor> over(UnaryOperator<Tensor> operation) {
    return (x, _) -> {
      Tensor _ = operation.apply(x);
      return x;
    };
  }
}
