package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.ChannelNorm;
import dev.tapewise.core.kernel.GradientReading;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of {@link GroupNorm}. With {@code g = dy * gamma}, r = 1 / deviation and means
 * over the group, {@code dx = r * (g - mean(g) - (x - mean) * r² * mean(g * (x - mean)))}.
 */
final class GroupNormGradient {
  private static final int CHANNELS = 64;

  private final Binding binding;
  private final Operand x;
  private final @Nullable Operand gamma;
  private final @Nullable GradientTarget dgamma;
  private final @Nullable GradientTarget dbeta;
  private final float[] memory;
  private final int channels;
  private final int stride;
  private final int perGroup;
  private final int perImage;
  private final int statistics;

  /** Both sums of every band. */
  private final int bands;

  /** a, b and d of every image. */
  private final int coefficients;

  /** What every image adds to dgamma and dbeta. */
  private final int parts;

  GroupNormGradient(Binding binding, int groups, boolean affine, int statistics) {
    this.binding = binding;
    this.x = binding.input(0);
    this.gamma = affine ? binding.input(1) : null;
    this.dgamma = affine ? binding.inputGradient(1) : null;
    this.dbeta = affine ? binding.inputGradient(2) : null;
    this.memory = binding.memory();
    this.channels = x.channels();
    this.stride = Scratch.roundUp(channels);
    this.perGroup = channels / groups;
    this.perImage = ImageBands.perImage(x);
    this.statistics = statistics;
    long images = x.images(binding.capacity());
    this.bands = binding.workspace(2 * images * perImage * stride);
    this.coefficients = binding.workspace(3 * images * stride);
    this.parts = binding.workspace(2 * images * stride);
  }

  void bind() {
    ChannelNorm kernel = binding.kernels().channelNorm();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new ImageBands(x) {
          @Override
          void run(int image, int band, int row, int rows) {
            int at = bands + 2 * band * stride;
            kernel.gradientSums(
                memory,
                at,
                at + stride,
                dy.data(),
                dy.offset() + row * channels,
                x.data(),
                x.offset() + row * channels,
                memory,
                statistics + 3 * image * stride,
                rows,
                channels);
          }
        });
    binding.play(new Finish());
    GradientTarget dx = binding.inputGradient(0);
    if (dx != null) {
      binding.play(
          new ImageBands(x) {
            @Override
            void run(int image, int band, int row, int rows) {
              int at = coefficients + 3 * image * stride;
              kernel.gradient(
                  dx.data(),
                  dx.offset() + row * channels,
                  dy.data(),
                  dy.offset() + row * channels,
                  x.data(),
                  x.offset() + row * channels,
                  memory,
                  statistics + 3 * image * stride,
                  memory,
                  at,
                  at + stride,
                  at + 2 * stride,
                  rows,
                  channels,
                  dx.add());
            }
          });
    }
    if (dgamma != null) {
      binding.play(new Total(dgamma, parts));
    }
    if (dbeta != null) {
      binding.play(new Total(dbeta, parts + stride));
    }
  }

  /** An image's bands to a, b and d, and to its parts of dgamma and dbeta. */
  private final class Finish implements Task {

    @Override
    public int chunks(int batch) {
      return x.images(batch);
    }

    @Override
    public void run(int image, int batch, Scratch scratch) {
      double n = (double) x.shape().rest() / channels * perGroup;
      for (int first = 0; first < channels; first += perGroup) {
        int at = statistics + 3 * image * stride + first;
        double rest = memory[at + stride];
        double inverse = memory[at + 2 * stride];
        double sum = 0;
        double product = 0;
        for (int c = first; c < first + perGroup; c++) {
          double own = 0;
          double ownProduct = 0;
          for (int band = 0; band < perImage; band++) {
            int i = bands + 2 * (image * perImage + band) * stride + c;
            own += memory[i];
            ownProduct += memory[i + stride];
          }
          ownProduct -= rest * own;
          memory[parts + 2 * image * stride + c] = (float) (ownProduct * inverse);
          memory[parts + (2 * image + 1) * stride + c] = (float) own;
          double factor = gamma(c);
          sum += factor * own;
          product += factor * ownProduct;
        }
        float b = (float) (-inverse * inverse * inverse * product / n);
        float d = (float) (-inverse * sum / n - b * rest);
        for (int c = first; c < first + perGroup; c++) {
          int i = coefficients + 3 * image * stride + c;
          memory[i] = (float) (gamma(c) * inverse);
          memory[i + stride] = b;
          memory[i + 2 * stride] = d;
        }
      }
    }

    private double gamma(int channel) {
      return gamma == null ? 1 : gamma.data()[gamma.offset() + channel];
    }
  }

  /** The sum over all images, in order in double precision. */
  private final class Total implements Task {
    private final GradientTarget target;
    private final int from;

    Total(GradientTarget target, int from) {
      this.target = target;
      this.from = from;
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(channels, CHANNELS);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = x.images(batch);
      int end = Math.min(channels, (chunk + 1) * CHANNELS);
      for (int c = chunk * CHANNELS; c < end; c++) {
        double sum = 0;
        for (int image = 0; image < images; image++) {
          sum += memory[from + 2 * image * stride + c];
        }
        int i = target.offset() + c;
        target.data()[i] = target.add() ? (float) (target.data()[i] + sum) : (float) sum;
      }
    }
  }
}
