package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.op.ArithmeticOp;
import dev.tapewise.autodiff.op.AveragePool;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.autodiff.op.BinaryCrossEntropyLoss;
import dev.tapewise.autodiff.op.Clamp;
import dev.tapewise.autodiff.op.Concat;
import dev.tapewise.autodiff.op.Conv1d;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.autodiff.op.CrossEntropyLoss;
import dev.tapewise.autodiff.op.DropoutOp;
import dev.tapewise.autodiff.op.GroupNorm;
import dev.tapewise.autodiff.op.LayerNorm;
import dev.tapewise.autodiff.op.Linear;
import dev.tapewise.autodiff.op.MatMul;
import dev.tapewise.autodiff.op.MaxPool;
import dev.tapewise.autodiff.op.Pad;
import dev.tapewise.autodiff.op.Permute;
import dev.tapewise.autodiff.op.RegressionLoss;
import dev.tapewise.autodiff.op.Reshape;
import dev.tapewise.autodiff.op.Resize;
import dev.tapewise.autodiff.op.SoftCrossEntropyLoss;
import dev.tapewise.autodiff.op.SoftmaxOp;
import dev.tapewise.autodiff.op.Sum;
import dev.tapewise.autodiff.op.TransposedConv2d;
import dev.tapewise.autodiff.op.UnaryOp;
import dev.tapewise.autodiff.op.UnitDropout;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Border;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recorded tensor: a shape, a name and the op that makes it. It holds no data; a {@link Program}
 * does.
 *
 * <p>Images are NHWC. Where axis 0 is the batch, it stands for the most images that a program will
 * play.
 */
public final class Var {
  private final Tape tape;
  private final Shape shape;
  private final boolean batched;
  private final String name;
  private final @Nullable Node producer;
  private final @Nullable Parameter parameter;

  Var(
      Tape tape,
      Shape shape,
      boolean batched,
      String name,
      @Nullable Node producer,
      @Nullable Parameter parameter) {
    this.tape = tape;
    this.shape = shape;
    this.batched = batched;
    this.name = name;
    this.producer = producer;
    this.parameter = parameter;
  }

  /** The tape that recorded it. */
  public Tape tape() {
    return tape;
  }

  /** The shape at full capacity. */
  public Shape shape() {
    return shape;
  }

  /** Whether axis 0 is the batch. */
  public boolean batched() {
    return batched;
  }

  /** The name: an input's or parameter's own, otherwise the layer and op that made it. */
  public String name() {
    return name;
  }

  /** The op that makes it, or null for inputs and parameters. */
  public @Nullable Node producer() {
    return producer;
  }

  /** The parameter it stands for, or null. */
  public @Nullable Parameter parameter() {
    return parameter;
  }

  /** Records any op on this tensor and others. */
  public Var apply(Op op, Var... others) {
    return tape.record(op, ImmutableList.<Var>builder().add(this).add(others).build());
  }

  /** Dense convolution with stride 1, see {@link #conv2d(Var, ConvOptions)}. */
  public Var conv2d(Var weight, Padding padding) {
    return conv2d(weight, ConvOptions.padded(padding));
  }

  /** Convolution of {@code [N, H, W, C]} with weights {@code [kh, kw, C / groups, out]}. */
  public Var conv2d(Var weight, ConvOptions options) {
    return layer("conv2d", () -> Conv2d.of(shape, weight.shape, options, false), weight);
  }

  /** Convolution with a bias {@code [out]}. */
  public Var conv2d(Var weight, Var bias, ConvOptions options) {
    return layer("conv2d", () -> Conv2d.of(shape, weight.shape, options, true), weight, bias);
  }

  /** Depthwise convolution with stride 1, see {@link #depthwiseConv2d(Var, ConvOptions)}. */
  public Var depthwiseConv2d(Var weight, Padding padding) {
    return depthwiseConv2d(weight, ConvOptions.padded(padding));
  }

  /**
   * Convolution of every channel of {@code [N, H, W, C]} by itself, with weights {@code [kh, kw, C,
   * multiplier]}.
   */
  public Var depthwiseConv2d(Var weight, ConvOptions options) {
    return layer(
        "depthwise conv2d", () -> Conv2d.depthwise(shape, weight.shape, options, false), weight);
  }

  /** Depthwise convolution with a bias {@code [C * multiplier]}. */
  public Var depthwiseConv2d(Var weight, Var bias, ConvOptions options) {
    return layer(
        "depthwise conv2d",
        () -> Conv2d.depthwise(shape, weight.shape, options, true),
        weight,
        bias);
  }

  /**
   * Convolution of sequences {@code [N, L, C]} with weights {@code [k, C / groups, out]}; of the
   * options what is said about columns counts.
   */
  public Var conv1d(Var weight, ConvOptions options) {
    return layer("conv1d", () -> Conv1d.of(shape, weight.shape, options, false), weight);
  }

  /** Convolution of sequences with a bias {@code [out]}. */
  public Var conv1d(Var weight, Var bias, ConvOptions options) {
    return layer("conv1d", () -> Conv1d.of(shape, weight.shape, options, true), weight, bias);
  }

  /**
   * Transposed convolution of {@code [N, H, W, C]} with weights {@code [kh, kw, out / groups, C]},
   * see {@link TransposedConv2d}.
   */
  public Var transposedConv2d(Var weight, ConvOptions options) {
    return layer(
        "transposed conv2d",
        () -> TransposedConv2d.of(shape, weight.shape, options, false),
        weight);
  }

  /** Transposed convolution with a bias {@code [out]}. */
  public Var transposedConv2d(Var weight, Var bias, ConvOptions options) {
    return layer(
        "transposed conv2d",
        () -> TransposedConv2d.of(shape, weight.shape, options, true),
        weight,
        bias);
  }

  private Var layer(String name, Supplier<Op> make, Var... others) {
    return tape.inLayer(
        name, shape, make, ImmutableList.<Var>builder().add(this).add(others).build());
  }

  /**
   * {@code x · w + bias} of {@code [N, in]} with weights {@code [in, out]} and bias {@code [out]}.
   */
  public Var linear(Var weight, Var bias) {
    return apply(new Linear(true), weight, bias);
  }

  /** {@code x · w} of {@code [N, in]} with weights {@code [in, out]}. */
  public Var linear(Var weight) {
    return apply(new Linear(false), weight);
  }

  /** Batch norm over all axes but the last, see {@link BatchNorm}. */
  public Var batchNorm(
      Var scale, Var shift, BatchNorm.Running running, float epsilon, float momentum) {
    return apply(
        tape.training()
            ? BatchNorm.training(running, epsilon, momentum)
            : BatchNorm.evaluation(running, epsilon),
        scale,
        shift);
  }

  /** {@code max(x, 0)}, with the gradient 0 at 0. */
  public Var relu() {
    return apply(Clamp.relu());
  }

  /** {@code min(max(x, 0), 6)}, with the gradient 0 at 0 and 6. */
  public Var relu6() {
    return apply(Clamp.relu6());
  }

  /**
   * x above 0, otherwise {@code slope · x}, with the gradient {@code slope} at 0.
   *
   * @throws IllegalArgumentException if the slope is not finite
   */
  public Var leakyRelu(float slope) {
    return unary("leaky relu", () -> new UnaryFunction.LeakyRelu(slope));
  }

  /** {@code min(max(x + 3, 0), 6) / 6}, with the gradient 0 at -3 and 3. */
  public Var hardSigmoid() {
    return apply(new UnaryOp(new UnaryFunction.HardSigmoid()));
  }

  /** {@code x · hardSigmoid(x)}, with the gradient -0.5 at -3 and 1.5 at 3. */
  public Var hardSwish() {
    return apply(new UnaryOp(new UnaryFunction.HardSwish()));
  }

  /** {@code 1 / (1 + e⁻ˣ)}. */
  public Var sigmoid() {
    return apply(new UnaryOp(new UnaryFunction.Sigmoid()));
  }

  /** {@code x · sigmoid(x)}, also called swish. */
  public Var silu() {
    return apply(new UnaryOp(new UnaryFunction.Silu()));
  }

  /** The hyperbolic tangent. */
  public Var tanh() {
    return apply(new UnaryOp(new UnaryFunction.Tanh()));
  }

  /** {@code x · Φ(x)} with the distribution function of the normal distribution. */
  public Var gelu() {
    return apply(new UnaryOp(new UnaryFunction.Gelu()));
  }

  /** GELU's approximation by tanh, see {@link UnaryFunction.GeluTanh}. */
  public Var geluTanh() {
    return apply(new UnaryOp(new UnaryFunction.GeluTanh()));
  }

  /**
   * x above 0, otherwise {@code alpha (eˣ − 1)}, with the gradient {@code alpha} at 0.
   *
   * @throws IllegalArgumentException if alpha is not finite
   */
  public Var elu(float alpha) {
    return unary("elu", () -> new UnaryFunction.Elu(alpha));
  }

  /**
   * {@code ln(1 + e^(beta x)) / beta}, and x where {@code beta x} is above the threshold.
   *
   * @throws IllegalArgumentException if beta is not positive and finite, or the threshold is NaN
   */
  public Var softplus(float beta, float threshold) {
    return unary("softplus", () -> new UnaryFunction.Softplus(beta, threshold));
  }

  private Var unary(String name, Supplier<UnaryFunction> function) {
    return tape.inLayer(name, shape, () -> new UnaryOp(function.get()), ImmutableList.of(this));
  }

  /** {@code this + other}; shapes broadcast as {@link ArithmeticOp} says. */
  public Var add(Var other) {
    return apply(ArithmeticOp.add(), other);
  }

  /** Dropout with probability {@code p} in training, nothing in evaluation. */
  public Var dropout(float p) {
    return tape.training() && p != 0 ? apply(new DropoutOp(p, tape.nextStream())) : this;
  }

  /** The mean over all pixels: {@code [N, H, W, C]} to {@code [N, C]}. */
  public Var globalAveragePool() {
    return apply(AveragePool.global());
  }

  /** The average over windows, see {@link AveragePool#of}. */
  public Var averagePool(PoolWindows windows, boolean countPadding) {
    return apply(AveragePool.of(windows, countPadding));
  }

  /**
   * The mean softmax cross-entropy of logits {@code [N, classes]} against class indices {@code
   * [N]}.
   */
  public Var crossEntropy(Var labels, float smoothing) {
    return apply(new CrossEntropyLoss(smoothing), labels);
  }

  /** Softmax over an axis, counted from the end where negative. */
  public Var softmax(int axis) {
    return apply(SoftmaxOp.over(axis));
  }

  /** The logarithm of softmax over an axis, counted from the end where negative. */
  public Var logSoftmax(int axis) {
    return apply(SoftmaxOp.logarithmOver(axis));
  }

  /** The mean softmax cross-entropy of logits against target values per class. */
  public Var softCrossEntropy(Var targets) {
    return apply(new SoftCrossEntropyLoss(0), targets);
  }

  /** The mean binary cross-entropy of logits against targets of the same shape. */
  public Var binaryCrossEntropy(Var targets) {
    return apply(new BinaryCrossEntropyLoss(), targets);
  }

  /** The mean squared error. */
  public Var squaredError(Var targets) {
    return apply(RegressionLoss.squared(), targets);
  }

  /** The mean absolute error, with slope 0 at 0. */
  public Var absoluteError(Var targets) {
    return apply(RegressionLoss.absolute(), targets);
  }

  /** The mean of Huber's loss, see {@link RegressionLoss#huber}. */
  public Var huberLoss(Var targets, float delta) {
    return tape.inLayer(
        "huber", shape, () -> RegressionLoss.huber(delta), ImmutableList.of(this, targets));
  }

  /** The mean of smooth L1, see {@link RegressionLoss#smoothAbsolute}. */
  public Var smoothAbsoluteError(Var targets, float beta) {
    return tape.inLayer(
        "smooth L1",
        shape,
        () -> RegressionLoss.smoothAbsolute(beta),
        ImmutableList.of(this, targets));
  }

  /** Stochastic depth per image with probability {@code p} in training, nothing in evaluation. */
  public Var stochasticDepth(float p) {
    return dropUnits("stochastic depth", p, UnitDropout::images);
  }

  /** Stochastic depth of the whole batch at once. */
  public Var stochasticDepthOfBatch(float p) {
    return dropUnits("stochastic depth", p, UnitDropout::batch);
  }

  /** Dropout of whole channels of {@code [N, ..., C]} in training, nothing in evaluation. */
  public Var channelDropout(float p) {
    return dropUnits("channel dropout", p, UnitDropout::channels);
  }

  private Var dropUnits(String name, float p, BiFunction<Float, Integer, Op> op) {
    return tape.training() && p != 0
        ? tape.inLayer(name, shape, () -> op.apply(p, tape.nextStream()), ImmutableList.of(this))
        : this;
  }

  /** The sum of all elements, a scalar {@code [1]}. */
  public Var sum() {
    return apply(Sum.of(shape));
  }

  /** {@code this - other}; shapes broadcast as {@link ArithmeticOp} says. */
  public Var sub(Var other) {
    return apply(ArithmeticOp.subtract(), other);
  }

  /** {@code this * other}; shapes broadcast as {@link ArithmeticOp} says. */
  public Var mul(Var other) {
    return apply(ArithmeticOp.multiply(), other);
  }

  /** {@code this / other}; shapes broadcast as {@link ArithmeticOp} says. */
  public Var div(Var other) {
    return apply(ArithmeticOp.divide(), other);
  }

  /** The sum over axes, which stay with size 1 where {@code keepAxes} says so. */
  public Var sum(boolean keepAxes, int... axes) {
    return tape.inLayer("sum", shape, () -> Sum.of(shape, keepAxes, axes), ImmutableList.of(this));
  }

  /** The mean of all elements, a scalar {@code [1]}. */
  public Var mean() {
    return apply(Sum.mean(shape));
  }

  /** The mean over axes, which stay with size 1 where {@code keepAxes} says so. */
  public Var mean(boolean keepAxes, int... axes) {
    return tape.inLayer(
        "mean", shape, () -> Sum.mean(shape, keepAxes, axes), ImmutableList.of(this));
  }

  /** Matrix products {@code [..., m, k] · [..., k, n]}, see {@link MatMul}. */
  public Var matmul(Var other) {
    return apply(new MatMul(), other);
  }

  /** The same elements with other axes; one of them may be -1 and takes what is left. */
  public Var reshape(int... axes) {
    return tape.inLayer("reshape", shape, () -> Reshape.of(shape, axes), ImmutableList.of(this));
  }

  /** All axes behind the first as one: {@code [N, ...]} to {@code [N, rest]}. */
  public Var flatten() {
    return reshape(shape.axis(0), -1);
  }

  /** The average over {@code height * width} bins, see {@link AveragePool#adaptive}. */
  public Var adaptiveAveragePool(int height, int width) {
    return apply(AveragePool.adaptive(height, width));
  }

  /** The maximum over windows, see {@link MaxPool}. */
  public Var maxPool(PoolWindows windows) {
    return apply(MaxPool.of(windows));
  }

  /** The maximum over {@code height * width} bins, see {@link MaxPool#adaptive}. */
  public Var adaptiveMaxPool(int height, int width) {
    return apply(MaxPool.adaptive(height, width));
  }

  /** The maximum over all pixels: {@code [N, H, W, C]} to {@code [N, C]}. */
  public Var globalMaxPool() {
    return apply(MaxPool.global());
  }

  /** Group norm with gamma and beta {@code [C]}, see {@link GroupNorm}. */
  public Var groupNorm(int groups, Var scale, Var shift, float epsilon) {
    return apply(GroupNorm.of(groups, true, epsilon), scale, shift);
  }

  /** Instance norm with gamma and beta {@code [C]}, see {@link GroupNorm#instance}. */
  public Var instanceNorm(Var scale, Var shift, float epsilon) {
    return apply(GroupNorm.instance(true, epsilon), scale, shift);
  }

  /** Layer norm over the trailing axes that gamma and beta have, see {@link LayerNorm}. */
  public Var layerNorm(Var scale, Var shift, float epsilon) {
    return apply(LayerNorm.of(scale.shape, true, epsilon), scale, shift);
  }

  /**
   * Tensors behind one another along an axis, counted from the end where negative; all other axes
   * are the same, and the batch is not concatenated.
   */
  public static Var concat(int axis, List<Var> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("concat: there is no tensor. Give one at least");
    }
    Var first = parts.get(0);
    return first.tape.inLayer(
        "concat",
        first.shape,
        () -> Concat.of(parts.stream().map(Var::shape).toList(), axis),
        parts);
  }

  /** {@code length} entries of every axis from {@code start} on; all of the batch. */
  public Var slice(int[] start, int[] length) {
    return layer("slice", () -> Pad.slice(shape, start, length));
  }

  /** {@code length} entries of one axis from {@code start} on. */
  public Var slice(int axis, int start, int length) {
    return layer("slice", () -> Pad.slice(shape, axis, start, length));
  }

  /** The tensor cut along an axis into pieces of these lengths, which are all of it. */
  public List<Var> split(int axis, int... lengths) {
    List<Var> parts = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int part = i;
      parts.add(layer("split", () -> Pad.part(shape, axis, lengths, part)));
    }
    return parts;
  }

  /** Axes in another order: axis i of the result is axis {@code axes[i]}; the batch stays first. */
  public Var permute(int... axes) {
    return layer("permute", () -> Permute.axes(shape, axes));
  }

  /** Two axes exchanged, neither of them the batch. */
  public Var transpose(int one, int other) {
    return layer("transpose", () -> Permute.transpose(shape, one, other));
  }

  /** Entries added around every axis but the batch, or taken away where negative. */
  public Var pad(int[] before, int[] after, Border border) {
    return layer("pad", () -> Pad.of(shape, before, after, border));
  }

  /** Pixels added around images {@code [N, H, W, C]}, or taken away where negative. */
  public Var pad(int top, int bottom, int left, int right, Border border) {
    return pad(new int[] {0, top, left, 0}, new int[] {0, bottom, right, 0}, border);
  }

  /** Channels of groups alternating, see {@link Permute#channelShuffle}. */
  public Var channelShuffle(int groups) {
    return layer("channel shuffle", () -> Permute.channelShuffle(shape, groups));
  }

  /** {@code [N, H, W, C * f * f]} to {@code [N, H * f, W * f, C]}, see {@link Permute}. */
  public Var pixelShuffle(int factor) {
    return layer("pixel shuffle", () -> Permute.pixelShuffle(shape, factor));
  }

  /** {@code [N, H * f, W * f, C]} to {@code [N, H, W, C * f * f]}, see {@link Permute}. */
  public Var pixelUnshuffle(int factor) {
    return layer("pixel unshuffle", () -> Permute.pixelUnshuffle(shape, factor));
  }

  /** Images of {@code height} x {@code width}, every pixel the nearest one, see {@link Resize}. */
  public Var resizeNearest(int height, int width) {
    return layer("resize nearest", () -> Resize.nearest(shape, height, width));
  }

  /** Images {@code scale} times as large, every pixel the nearest one, see {@link Resize}. */
  public Var resizeNearest(double scale) {
    return layer("resize nearest", () -> Resize.nearest(shape, scale));
  }

  /** Images of {@code height} x {@code width}, every pixel a mean of four, see {@link Resize}. */
  public Var resizeBilinear(int height, int width, boolean alignCorners) {
    return layer("resize bilinear", () -> Resize.bilinear(shape, height, width, alignCorners));
  }

  /** Images {@code scale} times as large, every pixel a mean of four, see {@link Resize}. */
  public Var resizeBilinear(double scale, boolean alignCorners) {
    return layer("resize bilinear", () -> Resize.bilinear(shape, scale, alignCorners));
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }
}
