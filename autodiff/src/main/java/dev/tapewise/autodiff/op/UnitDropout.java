package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Dropout;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * Dropout of more than one element at a time: whole images or the whole batch, which is stochastic
 * depth of the branch that ends here (Huang et al. 2016, arXiv:1603.09382), or whole channels of an
 * image (Tompson et al. 2015, arXiv:1411.4280, section 3.2). What is kept is divided by the
 * probability of being kept; what is dropped is multiplied by 0, so that a NaN stays one.
 *
 * <p>Like {@link DropoutOp}, what is dropped is a function of seed, stream, step and the number of
 * the image or channel: the backward pass needs no mask, and a step can be replayed.
 */
public final class UnitDropout implements Op {

  /** What is dropped or kept together. */
  private enum Unit {
    BATCH,
    IMAGE,
    CHANNEL
  }

  private final Unit unit;
  private final float probability;
  private final int stream;

  private UnitDropout(Unit unit, float probability, int stream) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the probability must be at least 0 and below 1 but is " + probability);
    }
    this.unit = unit;
    this.probability = probability;
    this.stream = stream;
  }

  /**
   * Stochastic depth: every image of {@code [N, ...]} by itself.
   *
   * @param probability the share that is dropped, at least 0 and below 1
   * @param stream the random stream, different for every dropout of a network
   */
  public static UnitDropout images(float probability, int stream) {
    return new UnitDropout(Unit.IMAGE, probability, stream);
  }

  /** Stochastic depth: the whole batch at once; otherwise as {@link #images}. */
  public static UnitDropout batch(float probability, int stream) {
    return new UnitDropout(Unit.BATCH, probability, stream);
  }

  /** Every channel (last axis) of every image of {@code [N, ..., C]} by itself. */
  public static UnitDropout channels(float probability, int stream) {
    return new UnitDropout(Unit.CHANNEL, probability, stream);
  }

  @Override
  public String name() {
    return unit == Unit.CHANNEL ? "channel dropout" : "stochastic depth";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    play(binding, y.data(), y.offset(), x.data(), x.offset(), false);
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx != null) {
      GradientReading dy = binding.outputGradient();
      play(binding, dx.data(), dx.offset(), dy.data(), dy.offset(), dx.add());
    }
  }

  private void play(
      Binding binding, float[] out, int outOffset, float[] in, int inOffset, boolean add) {
    Clock clock = binding.clock();
    Operand shape = binding.output();
    int size = shape.shape().rest();
    if (unit == Unit.CHANNEL) {
      int channels = shape.channels();
      binding.scratch(Scratch.roundUp(channels), 0);
      binding.play(
          new Images(shape) {
            @Override
            void image(int image, Scratch scratch) {
              int mark = scratch.mark();
              int intMark = scratch.intMark();
              int at = scratch.take(channels);
              float[] factors = scratch.floats();
              for (int c = 0; c < channels; c++) {
                factors[at + c] = factor(image * channels + c, clock);
              }
              for (int i = image * size; i < (image + 1) * size; i += channels) {
                multiply(out, outOffset + i, in, inOffset + i, factors, at, channels, add);
              }
              scratch.release(mark, intMark);
            }
          });
      return;
    }
    Elementwise kernel = binding.kernels().elementwise();
    binding.play(
        new Images(shape) {
          @Override
          void image(int image, Scratch scratch) {
            float factor = factor(unit == Unit.IMAGE ? image : 0, clock);
            int at = image * size;
            if (add) {
              kernel.addScaled(out, outOffset + at, in, inOffset + at, size, factor);
            } else {
              kernel.scale(out, outOffset + at, in, inOffset + at, size, factor);
            }
          }
        });
  }

  private float factor(int element, Clock clock) {
    return Dropout.factor(element, probability, clock.seed(), stream, clock.step());
  }

  private static void multiply(
      float[] out,
      int outAt,
      float[] in,
      int inAt,
      float[] factors,
      int factorsAt,
      int count,
      boolean add) {
    for (int c = 0; c < count; c++) {
      float kept = in[inAt + c] * factors[factorsAt + c];
      out[outAt + c] = add ? out[outAt + c] + kept : kept;
    }
  }

  /** One chunk per image. */
  private abstract static class Images implements Task {
    private final Operand images;

    Images(Operand images) {
      this.images = images;
    }

    @Override
    public int chunks(int batch) {
      return images.images(batch);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      image(chunk, scratch);
    }

    abstract void image(int image, Scratch scratch);
  }
}
