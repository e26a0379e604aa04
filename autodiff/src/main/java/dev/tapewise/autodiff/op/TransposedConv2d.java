package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import java.util.List;

/**
 * Transposed convolution of {@code [N, H, W, C]} with weights {@code [kh, kw, out / groups, C]} and
 * an optional bias {@code [out]} to {@code [N, OH, OW, out]}: each pixel of x is spread over a
 * window of the result. Sizes: {@link ConvOptions#transposed}.
 *
 * <p>It is a convolution turned round: the forward pass is that convolution's input gradient, the
 * input gradient its forward pass, and the weight gradient its own with x and dy exchanged. So the
 * same kernels run, with the same order of sums; the bias is added to each finished sum.
 */
public final class TransposedConv2d implements Op {
  private final ConvGeometry turned;
  private final boolean bias;

  private TransposedConv2d(ConvGeometry turned, boolean bias) {
    this.turned = turned;
    this.bias = bias;
  }

  /**
   * The transposed convolution of images x with weights w.
   *
   * @throws IllegalArgumentException if they do not fit, naming the rule, the values and the cure
   */
  public static TransposedConv2d of(Shape x, Shape w, ConvOptions options, boolean bias) {
    Conv2d.checkImages(x);
    if (w.rank() != 4 || w.axis(3) != x.axis(3)) {
      throw new IllegalArgumentException(
          "weights must be [kh, kw, out / groups, %d] but are %s".formatted(x.axis(3), w));
    }
    return new TransposedConv2d(
        options.transposed(
            x.axis(1),
            x.axis(2),
            x.axis(3),
            Math.multiplyExact(w.axis(2), Math.max(1, options.groups())),
            w.axis(0),
            w.axis(1)),
        bias);
  }

  @Override
  public String name() {
    return "transposed conv2d";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    ConvGeometry g = turned;
    Shape x = inputs.get(0);
    if (x.rank() != 4
        || x.axis(1) != g.outHeight()
        || x.axis(2) != g.outWidth()
        || x.axis(3) != g.outChannels()) {
      throw new IllegalArgumentException(
          "x must be [N, %d, %d, %d]".formatted(g.outHeight(), g.outWidth(), g.outChannels()));
    }
    Shape w = Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
    if (!inputs.get(1).equals(w)) {
      throw new IllegalArgumentException("weights must be " + w);
    }
    if (bias) {
      Conv2d.checkBias(inputs.get(2), g.inChannels());
    }
    return Shape.of(x.axis(0), g.height(), g.width(), g.inChannels());
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return input < 2;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return input > 0; // a forward pass, which gives the gradient of x, only writes
  }

  @Override
  public long multiplyAdds() {
    return turned.multiplyAdds();
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    if (bias) {
      binding.play(new BiasFill(y, binding.input(2)));
    }
    new SpatialTasks(turned, binding.kernels())
        .backward(
            binding,
            new GradientTarget(y.data(), y.offset(), bias),
            null,
            y,
            GradientReading.raw(x.data(), x.offset()),
            null);
  }

  @Override
  public void backward(Binding binding) {
    Operand y = binding.output();
    GradientReading g = binding.outputGradient();
    Operand dy =
        new Operand(
            g.data(), g.offset(), y.shape(), y.batched(), Reading.raw(g.data(), g.offset()));
    SpatialTasks tasks = new SpatialTasks(turned, binding.kernels());
    GradientTarget dx = binding.inputGradient(0);
    Operand x = binding.input(0);
    if (dx != null) {
      Operand target =
          new Operand(
              dx.data(), dx.offset(), x.shape(), x.batched(), Reading.raw(dx.data(), dx.offset()));
      tasks.forward(binding, target, dy, null, null);
    }
    GradientTarget dw = binding.inputGradient(1);
    if (dw != null) {
      tasks.backward(binding, null, dw, dy, GradientReading.raw(x.data(), x.offset()), null);
    }
    GradientTarget db = bias ? binding.inputGradient(2) : null;
    if (db != null) {
      BiasGradient.bind(binding, db, turned.height(), turned.width(), turned.inChannels());
    }
  }

  /** The bias at every pixel of y, for the sums to be added to. */
  private static final class BiasFill implements Task {
    private final Operand y;
    private final Operand bias;
    private final int channels;
    private final int pixels;

    BiasFill(Operand y, Operand bias) {
      this.y = y;
      this.bias = bias;
      this.channels = y.channels();
      this.pixels = Math.max(1, Chunks.ELEMENTS / channels);
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(y.rows(batch), pixels);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int row = chunk * pixels;
      int from = y.offset() + row * channels;
      int count = Math.min(pixels, y.rows(batch) - row) * channels;
      System.arraycopy(bias.data(), bias.offset(), y.data(), from, channels);
      for (int done = channels; done < count; done *= 2) {
        System.arraycopy(y.data(), from, y.data(), from + done, Math.min(done, count - done));
      }
    }
  }
}
