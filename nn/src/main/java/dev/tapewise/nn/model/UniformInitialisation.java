package dev.tapewise.nn.model;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Weights, images and labels that other libraries can make to the bit without a file, for
 * comparisons: uniform numbers from {@link SplittableRandom}, in PyTorch's order of axes.
 */
public final class UniformInitialisation {
  private static final long FIRST_WEIGHT_SEED = 1000;
  private static final long IMAGE_SEED = 1;
  private static final long LABEL_SEED = 2;

  private UniformInitialisation() {}

  /**
   * Fills all parameters. Weight or bias number i in order of recording has seed 1000 + i, norms
   * not counted: weights are uniform in ±√(6 / fan-in) for convolutions and ±√(3 / fan-in) for
   * matrices, biases are 0. Norms have scale 1 and shift 0, running means 0 and running variances
   * 1.
   */
  public static void fill(Model model) {
    long seed = FIRST_WEIGHT_SEED;
    for (Parameter p : model.parameters().all()) {
      switch (p.role()) {
        case WEIGHT -> weight(p, seed++);
        case BIAS -> {
          Arrays.fill(p.values(), p.valueOffset(), p.valueOffset() + p.size(), 0f);
          seed++;
        }
        case NORM, BUFFER -> p.initializer().fill(p.values(), p.valueOffset(), p.shape(), 0, 0);
      }
    }
    model.parameters().markInitialized();
  }

  private static void weight(Parameter p, long seed) {
    Shape s = p.shape();
    boolean conv = s.rank() == 4;
    int outputs = s.axis(-1);
    int inputs = s.axis(-2);
    int taps = s.intSize() / outputs / inputs;
    double bound = Math.sqrt((conv ? 6.0 : 3.0) / ((double) inputs * taps));
    SplittableRandom random = new SplittableRandom(seed);
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        for (int t = 0; t < taps; t++) {
          p.values()[p.valueOffset() + (t * inputs + i) * outputs + o] = next(random, bound);
        }
      }
    }
  }

  /**
   * A batch of images, uniform in ±√3, drawn in the order {@code [N, C, H, W]}.
   *
   * @return the images as {@code [N, H, W, C]}
   */
  public static float[] images(Model model, int batch) {
    int channels = model.channels();
    int pixels = model.height() * model.width();
    float[] images = new float[model.imageShape(batch).intSize()];
    SplittableRandom random = new SplittableRandom(IMAGE_SEED);
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < pixels; p++) {
          images[(n * pixels + p) * channels + c] = next(random, Math.sqrt(3));
        }
      }
    }
    return images;
  }

  /** A batch of labels: class indices, as floats. */
  public static float[] labels(Model model, int batch) {
    float[] labels = new float[batch];
    SplittableRandom random = new SplittableRandom(LABEL_SEED);
    for (int i = 0; i < batch; i++) {
      labels[i] = random.nextInt(model.classes());
    }
    return labels;
  }

  private static float next(SplittableRandom random, double bound) {
    return (float) ((random.nextDouble() * 2 - 1) * bound);
  }
}
