package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.ChannelNorm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Group norm (Wu and He 2018, arXiv:1803.08494) of {@code [N, ..., C]}: the channels of an image
 * are cut into groups of neighbours, and each group is normalised by its own mean and biased
 * variance, {@code y = (x - mean) / sqrt(var + epsilon) * gamma + beta}. With one channel a group
 * it is instance norm (Ulyanov et al. 2016, arXiv:1607.08022). Gamma and beta are {@code [C]}.
 *
 * <p>Sums per channel run over bands of pixels, relative to each band's mean; bands and then the
 * channels of a group are combined in order, in double precision, by the formula of Chan, Golub and
 * LeVeque. Values are taken relative to the mean, so one of many standard deviations costs no
 * digits.
 */
public final class GroupNorm implements Op {
  private static final String STATISTICS = "statistics";

  private final String name;
  private final int groups;
  private final boolean affine;
  private final float epsilon;

  private GroupNorm(String name, int groups, boolean affine, float epsilon) {
    this.name = name;
    this.groups = groups;
    this.affine = affine;
    this.epsilon = epsilon;
  }

  /**
   * Group norm.
   *
   * @param affine whether gamma and beta are inputs 1 and 2; otherwise they are 1 and 0
   * @param epsilon added to the variance, above 0; PyTorch's default is 1e-5
   */
  public static GroupNorm of(int groups, boolean affine, float epsilon) {
    return new GroupNorm("group norm", groups, affine, epsilon);
  }

  /** Instance norm: as {@link #of} with as many groups as there are channels. */
  public static GroupNorm instance(boolean affine, float epsilon) {
    return new GroupNorm("instance norm", 0, affine, epsilon);
  }

  @Override
  public String name() {
    return name;
  }

  private int groups(Shape x) {
    return groups == 0 ? x.axis(-1) : groups;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() < 2) {
      throw new IllegalArgumentException("x must have at least two axes, [N, ..., C]");
    }
    int channels = x.axis(-1);
    int count = groups(x);
    if (count < 1 || channels % count != 0) {
      throw new IllegalArgumentException(
          "%d channels are not divisible by groups=%d. Choose groups from %s"
              .formatted(channels, count, divisors(channels)));
    }
    if (x.rest() == count) {
      throw new IllegalArgumentException(
          "one value has no variance: %d groups of an image of %d values. Use fewer groups or"
                  .formatted(count, x.rest())
              + " larger images");
    }
    NormChecks.affine(inputs, affine, Shape.of(channels));
    NormChecks.epsilon(epsilon);
    return x;
  }

  private static List<Integer> divisors(int n) {
    List<Integer> divisors = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      if (n % i == 0) {
        divisors.add(i);
      }
    }
    return divisors;
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
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    int channels = x.channels();
    int stride = Scratch.roundUp(channels);
    int images = x.images(binding.capacity());
    int bands = binding.workspace(3L * images * ImageBands.perImage(x) * stride);
    int coefficients = binding.workspace(2L * images * stride);
    int statistics = binding.saved(STATISTICS, 3L * images * stride);
    float[] memory = binding.memory();
    ChannelNorm kernel = binding.kernels().channelNorm();
    binding.play(
        new ImageBands(x) {
          @Override
          void run(int image, int band, int row, int rows) {
            int at = bands + 3 * band * stride;
            kernel.moments(
                memory,
                at,
                at + stride,
                at + 2 * stride,
                x.data(),
                x.offset() + row * channels,
                rows,
                channels);
          }
        });
    binding.play(new Finish(binding, groups(x.shape()), bands, coefficients, statistics));
    binding.play(
        new ImageBands(x) {
          @Override
          void run(int image, int band, int row, int rows) {
            int at = coefficients + 2 * image * stride;
            kernel.forward(
                y.data(),
                y.offset() + row * channels,
                x.data(),
                x.offset() + row * channels,
                memory,
                statistics + 3 * image * stride,
                memory,
                at,
                at + stride,
                rows,
                channels);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    Operand x = binding.input(0);
    int stride = Scratch.roundUp(x.channels());
    int statistics = binding.saved(STATISTICS, 3L * x.images(binding.capacity()) * stride);
    new GroupNormGradient(binding, groups(x.shape()), affine, statistics).bind();
  }

  /** An image's bands to centre, rest and 1 / deviation, and to scale and shift, per channel. */
  private final class Finish implements Task {
    private final Operand x;
    private final @Nullable Operand gamma;
    private final @Nullable Operand beta;
    private final float[] memory;
    private final int channels;
    private final int stride;
    private final int perGroup;
    private final int perImage;
    private final int bands;
    private final int coefficients;
    private final int statistics;

    Finish(Binding binding, int groups, int bands, int coefficients, int statistics) {
      this.x = binding.input(0);
      this.gamma = affine ? binding.input(1) : null;
      this.beta = affine ? binding.input(2) : null;
      this.memory = binding.memory();
      this.channels = x.channels();
      this.stride = Scratch.roundUp(channels);
      this.perGroup = channels / groups;
      this.perImage = ImageBands.perImage(x);
      this.bands = bands;
      this.coefficients = coefficients;
      this.statistics = statistics;
    }

    @Override
    public int chunks(int batch) {
      return x.images(batch);
    }

    @Override
    public void run(int image, int batch, Scratch scratch) {
      for (int first = 0; first < channels; first += perGroup) {
        double mean = 0;
        double squares = 0;
        double n = 0;
        for (int c = first; c < first + perGroup; c++) {
          for (int band = 0; band < perImage; band++) {
            int at = bands + 3 * (image * perImage + band) * stride + c;
            double count = ImageBands.pixels(x, band);
            double sum = memory[at + stride];
            double delta = memory[at] + sum / count - mean;
            squares += memory[at + 2 * stride] - sum * sum / count;
            squares += delta * delta * n * count / (n + count);
            n += count;
            mean += delta * count / n;
          }
        }
        put(image, first, mean, 1 / Math.sqrt(Math.max(squares, 0) / n + epsilon));
      }
    }

    private void put(int image, int first, double mean, double inverse) {
      float centre = (float) mean;
      float rest = (float) (mean - centre);
      for (int c = first; c < first + perGroup; c++) {
        int at = statistics + 3 * image * stride + c;
        memory[at] = centre;
        memory[at + stride] = rest;
        memory[at + 2 * stride] = (float) inverse;
        double scale = gamma == null ? inverse : gamma.data()[gamma.offset() + c] * inverse;
        double shift = beta == null ? 0 : beta.data()[beta.offset() + c];
        memory[coefficients + 2 * image * stride + c] = (float) scale;
        memory[coefficients + (2 * image + 1) * stride + c] = (float) (shift - rest * scale);
      }
    }
  }
}
