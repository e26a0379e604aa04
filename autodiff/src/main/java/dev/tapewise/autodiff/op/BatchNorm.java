package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.NormForm;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.Statistics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batch norm over all axes but the last (Ioffe and Szegedy 2015, arXiv:1502.03167): {@code y =
 * fma(x, scale, shift)} with {@code scale = gamma / sqrt(var + epsilon)} and {@code shift = beta -
 * mean * scale}. In training mean and biased variance are the batch's, and the running values move
 * by {@code momentum} towards the mean and the unbiased variance, as PyTorch has it; in evaluation
 * the running values are used.
 *
 * <p>Statistics are gathered band by band of {@link RowBands} and combined in double precision in a
 * fixed tree, so they survive a mean of many standard deviations.
 */
public final class BatchNorm implements NormOp {

  /**
   * The running statistics, both {@code [channels]}.
   *
   * @param mean the running mean
   * @param variance the running unbiased variance
   */
  public record Running(Parameter mean, Parameter variance) {}

  private final Running running;
  private final float epsilon;
  private final float momentum;
  private final boolean training;

  private BatchNorm(Running running, float epsilon, float momentum, boolean training) {
    this.running = running;
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.training = training;
  }

  /** Batch norm by the batch's own statistics. */
  public static BatchNorm training(Running running, float epsilon, float momentum) {
    return new BatchNorm(running, epsilon, momentum, true);
  }

  /** Batch norm by the running statistics. */
  public static BatchNorm evaluation(Running running, float epsilon) {
    return new BatchNorm(running, epsilon, 0, false);
  }

  /** The running statistics. */
  public Running running() {
    return running;
  }

  /** What is added to the variance. */
  public float epsilon() {
    return epsilon;
  }

  /** How far the running statistics move in a step of training. */
  public float momentum() {
    return momentum;
  }

  @Override
  public String name() {
    return training ? "batch norm" : "batch norm (evaluation)";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() < 2) {
      throw new IllegalArgumentException("x must have at least two axes, [N, ..., C]");
    }
    Shape channels = Shape.of(x.axis(-1));
    for (Shape s :
        List.of(inputs.get(1), inputs.get(2), running.mean().shape(), running.variance().shape())) {
      if (!s.equals(channels)) {
        throw new IllegalArgumentException(
            "scale, shift, running mean and variance must be " + channels + ", one is " + s);
      }
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon must be positive but is " + epsilon);
    }
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be from 0 to 1 but is " + momentum);
    }
    return x;
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
  public boolean needsStatistics() {
    return training;
  }

  @Override
  public void forward(Binding binding, NormForm form) {
    Operand x = binding.input(0);
    int channels = x.channels();
    RowBands bands = RowBands.of(x.shape());
    if (training) {
      int pixels = x.shape().rest() / channels;
      if (pixels == 1) {
        requireTwo(binding, x);
      }
      if (!form.statisticsGathered()) {
        binding.play(new Moments(binding.kernels().statistics(), bands, x, form, channels));
      }
      binding.play(new Finish(binding, x, bands, form));
    } else {
      binding.play(new FromRunning(binding, form, channels));
    }
    binding.probe("statistics", form.scale(), channels);
    again(binding, form);
  }

  @Override
  public void again(Binding binding, NormForm form) {
    if (form.materialised()) {
      Operand x = binding.input(0);
      Reading reading =
          new Reading(
              x.data(),
              x.offset(),
              binding.memory(),
              form.scale(),
              form.shift(),
              form.activation());
      binding.play(new StageTask(binding.kernels().staging(), binding.output(), reading));
    }
  }

  private static void requireTwo(Binding binding, Operand x) {
    String reason =
        "batch norm in training needs more than one value per channel to have a variance";
    if (x.batched()) {
      binding.requireBatch(2, reason);
    } else if (x.shape().axis(0) == 1) {
      throw new IllegalArgumentException(reason + "; x is " + x.shape());
    }
  }

  @Override
  public void backward(Binding binding, NormForm form) {
    Operand x = binding.input(0);
    int channels = x.channels();
    RowBands bands = RowBands.of(x.shape());
    BandGradientSums sums = form.sums();
    if (!form.sumsGathered()) {
      Statistics statistics = binding.kernels().statistics();
      binding.play(
          new BandTask(bands, x) {
            @Override
            void run(int band, int row, int rows, Scratch scratch) {
              GradientSums.band(statistics, sums, band, row, rows, channels);
            }
          });
    }
    binding.play(
        new FinishGradient(
            binding, bands, form, binding.inputGradient(1), binding.inputGradient(2)));
    GradientTarget dx = binding.inputGradient(0);
    if (form.gradientMaterialised() && dx != null) {
      Staging staging = binding.kernels().staging();
      GradientReading gate = sums.gate();
      binding.play(
          new BandTask(bands, x) {
            @Override
            void run(int band, int row, int rows, Scratch scratch) {
              staging.gradientRows(
                  dx.data(), dx.offset() + row * channels, gate, row, rows, channels);
            }
          });
    }
  }

  private static final class Moments extends BandTask {
    private final Statistics kernel;
    private final Operand x;
    private final NormForm form;
    private final int channels;

    Moments(Statistics kernel, RowBands bands, Operand x, NormForm form, int channels) {
      super(bands, x);
      this.kernel = kernel;
      this.x = x;
      this.form = form;
      this.channels = channels;
    }

    @Override
    void run(int band, int row, int rows, Scratch scratch) {
      float[] data = form.statistics().data();
      int at = band * form.statistics().stride();
      kernel.moments(
          data,
          form.statistics().mean() + at,
          data,
          form.statistics().centred() + at,
          x.data(),
          x.offset() + row * channels,
          rows,
          channels);
    }
  }

  /** Statistics of all bands to mean, scale and shift; running statistics. */
  private final class Finish implements Task {
    private final BandTree tree;
    private final NormForm form;
    private final float[] memory;
    private final Operand x;
    private final Operand gamma;
    private final Operand beta;
    private final int pixels;
    private final int channels;

    Finish(Binding binding, Operand x, RowBands bands, NormForm form) {
      this.x = x;
      this.channels = x.channels();
      this.pixels = x.shape().rest() / channels;
      this.tree = new BandTree(bands, channels, x.images(binding.capacity()));
      this.form = form;
      this.memory = binding.memory();
      this.gamma = binding.input(1);
      this.beta = binding.input(2);
    }

    @Override
    public int chunks(int batch) {
      return BandTree.blocks(channels);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = x.images(batch);
      int at =
          tree.moments(
              form.statistics().data(),
              form.statistics().mean(),
              form.statistics().centred(),
              form.statistics().stride(),
              chunk,
              channels,
              images);
      double n = (double) images * pixels;
      int from = chunk * BandTree.BLOCK;
      int end = Math.min(channels, from + BandTree.BLOCK);
      float[] runningMean = running.mean().values();
      float[] runningVariance = running.variance().values();
      int meanAt = running.mean().valueOffset();
      int varianceAt = running.variance().valueOffset();
      for (int c = from; c < end; c++, at++) {
        double mean = tree.first(at);
        double squares = tree.second(at);
        float scale = (float) (gamma.data()[gamma.offset() + c] / Math.sqrt(squares / n + epsilon));
        memory[form.mean() + c] = (float) mean;
        memory[form.scale() + c] = scale;
        // the rounded scale: then (x - mean) * scale is what the two roundings leave
        memory[form.shift() + c] = (float) (beta.data()[beta.offset() + c] - mean * scale);
        memory[form.a() + c] = (float) (squares / n);
        runningMean[meanAt + c] =
            (float) ((1.0 - momentum) * runningMean[meanAt + c] + momentum * mean);
        runningVariance[varianceAt + c] =
            (float)
                ((1.0 - momentum) * runningVariance[varianceAt + c]
                    + momentum * (squares / (n - 1)));
      }
    }
  }

  /** Running statistics to mean, scale and shift. */
  private final class FromRunning implements Task {
    private final NormForm form;
    private final float[] memory;
    private final Operand gamma;
    private final Operand beta;
    private final int channels;

    FromRunning(Binding binding, NormForm form, int channels) {
      this.form = form;
      this.memory = binding.memory();
      this.gamma = binding.input(1);
      this.beta = binding.input(2);
      this.channels = channels;
    }

    @Override
    public int chunks(int batch) {
      return 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      float[] means = running.mean().values();
      float[] variances = running.variance().values();
      for (int c = 0; c < channels; c++) {
        double mean = means[running.mean().valueOffset() + c];
        float variance = variances[running.variance().valueOffset() + c];
        float scale =
            (float) (gamma.data()[gamma.offset() + c] / Math.sqrt((double) variance + epsilon));
        memory[form.mean() + c] = (float) mean;
        memory[form.scale() + c] = scale;
        memory[form.shift() + c] = (float) (beta.data()[beta.offset() + c] - mean * scale);
        memory[form.a() + c] = variance;
      }
    }
  }

  /**
   * Sums of all bands to the gradients of gamma and beta and to the coefficients of the input's
   * gradient: in training {@code dx = scale * (g - mean(g) - (x - mean) / (var + epsilon) * mean(g
   * * (x - mean)))}.
   */
  private final class FinishGradient implements Task {
    private final BandTree tree;
    private final NormForm form;
    private final float[] memory;
    private final Operand x;
    private final int pixels;
    private final int channels;
    private final @Nullable GradientTarget dgamma;
    private final @Nullable GradientTarget dbeta;

    FinishGradient(
        Binding binding,
        RowBands bands,
        NormForm form,
        @Nullable GradientTarget dgamma,
        @Nullable GradientTarget dbeta) {
      this.x = binding.input(0);
      this.channels = x.channels();
      this.pixels = x.shape().rest() / channels;
      this.tree = new BandTree(bands, channels, x.images(binding.capacity()));
      this.form = form;
      this.memory = binding.memory();
      this.dgamma = dgamma;
      this.dbeta = dbeta;
    }

    @Override
    public int chunks(int batch) {
      return BandTree.blocks(channels);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      BandGradientSums sums = form.sums();
      int images = x.images(batch);
      int at =
          tree.sums(
              sums.data(), sums.sum(), sums.product(), sums.stride(), chunk, channels, images);
      double n = (double) images * pixels;
      int from = chunk * BandTree.BLOCK;
      int end = Math.min(channels, from + BandTree.BLOCK);
      for (int c = from; c < end; c++, at++) {
        double sum = tree.first(at);
        double product = tree.second(at);
        // the forward pass left the variance where a will be
        double variance = (double) memory[form.a() + c] + epsilon;
        put(dgamma, c, product / Math.sqrt(variance));
        put(dbeta, c, sum);
        float scale = memory[form.scale() + c];
        float b = training ? (float) (-scale * product / (n * variance)) : 0f;
        memory[form.a() + c] = scale;
        memory[form.b() + c] = b;
        memory[form.d() + c] =
            training ? (float) (-scale * sum / n - (double) b * memory[form.mean() + c]) : 0f;
      }
    }

    private void put(@Nullable GradientTarget target, int channel, double value) {
      if (target != null) {
        int i = target.offset() + channel;
        target.data()[i] = target.add() ? (float) (target.data()[i] + value) : (float) value;
      }
    }
  }
}
