package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.RowNorm;
import java.util.Arrays;
import java.util.List;

/**
 * Layer norm (Ba et al. 2016, arXiv:1607.06450) over the trailing axes: every row of them is
 * normalised by its own mean and biased variance, {@code y = (x - mean) / sqrt(var + epsilon) *
 * gamma + beta}. Gamma and beta have the shape of the trailing axes.
 *
 * <p>Sums are taken in 16 lanes over parts of {@link #PART} values, relative to the part's mean;
 * parts are combined in order, in double precision, by the formula of Chan, Golub and LeVeque. A
 * row is worked on by one thread.
 */
public final class LayerNorm implements Op {
  /** Values of a row that are summed in single precision. */
  static final int PART = 4096;

  private static final String STATISTICS = "statistics";

  private final Shape normalised;
  private final boolean affine;
  private final float epsilon;

  private LayerNorm(Shape normalised, boolean affine, float epsilon) {
    this.normalised = normalised;
    this.affine = affine;
    this.epsilon = epsilon;
  }

  /**
   * Layer norm.
   *
   * @param normalised the trailing axes of x
   * @param affine whether gamma and beta are inputs 1 and 2; otherwise they are 1 and 0
   * @param epsilon added to the variance, above 0; PyTorch's default is 1e-5
   */
  public static LayerNorm of(Shape normalised, boolean affine, float epsilon) {
    return new LayerNorm(normalised, affine, epsilon);
  }

  @Override
  public String name() {
    return "layer norm";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    boolean trailing = normalised.rank() < x.rank();
    for (int i = 1; trailing && i <= normalised.rank(); i++) {
      trailing = normalised.axis(-i) == x.axis(-i);
    }
    if (!trailing) {
      throw new IllegalArgumentException(
          "x must end in the normalised axes " + normalised + ", behind at least one other");
    }
    if (normalised.size() == 1) {
      throw new IllegalArgumentException(
          "one value has no variance: the normalised axes are " + normalised);
    }
    NormChecks.affine(inputs, affine, normalised);
    NormChecks.epsilon(epsilon);
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
  public boolean addsGradient(int input) {
    return true;
  }

  /** Without gamma and beta: ones, then zeros. */
  private float[] neutral() {
    int size = normalised.intSize();
    float[] values = new float[Math.multiplyExact(2, size)];
    Arrays.fill(values, 0, size, 1f);
    return values;
  }

  /** Centre, rest of the mean and 1 / deviation of every row. */
  private int statistics(Binding binding) {
    long rows = binding.input(0).shape().size() / normalised.size();
    return binding.saved(STATISTICS, 3 * rows);
  }

  @Override
  public void forward(Binding binding) {
    binding.scratch(RowNorm.OUT, 0);
    binding.play(new Forward(binding));
  }

  private final class Forward implements Task {
    private final RowNorm kernel;
    private final Operand x;
    private final Operand y;
    private final float[] gamma;
    private final int gammaAt;
    private final float[] beta;
    private final int betaAt;
    private final float[] memory;
    private final int statistics;
    private final int size = normalised.intSize();
    private final int rowsPerChunk = Math.max(1, Chunks.ELEMENTS / size);

    Forward(Binding binding) {
      this.kernel = binding.kernels().rowNorm();
      this.x = binding.input(0);
      this.y = binding.output();
      float[] neutral = affine ? new float[0] : neutral();
      this.gamma = affine ? binding.input(1).data() : neutral;
      this.gammaAt = affine ? binding.input(1).offset() : 0;
      this.beta = affine ? binding.input(2).data() : neutral;
      this.betaAt = affine ? binding.input(2).offset() : size;
      this.memory = binding.memory();
      this.statistics = statistics(binding);
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(x.size(batch) / size, rowsPerChunk);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int mark = scratch.mark();
      int sums = scratch.take(RowNorm.OUT);
      int end = Math.min(x.size(batch) / size, (chunk + 1) * rowsPerChunk);
      for (int row = chunk * rowsPerChunk; row < end; row++) {
        moments(row, scratch.floats(), sums);
        int at = statistics + 3 * row;
        float inverse = memory[at + 2];
        kernel.forward(
            y.data(),
            y.offset() + row * size,
            x.data(),
            x.offset() + row * size,
            gamma,
            gammaAt,
            beta,
            betaAt,
            memory[at],
            inverse,
            -memory[at + 1] * inverse,
            size);
      }
      scratch.release(mark, scratch.intMark());
    }

    private void moments(int row, float[] floats, int sums) {
      double mean = 0;
      double squares = 0;
      for (int part = 0; part < size; part += PART) {
        int count = Math.min(PART, size - part);
        float centre =
            kernel.moments(floats, sums, x.data(), x.offset() + row * size + part, count);
        double sum = floats[sums];
        double delta = centre + sum / count - mean;
        squares += floats[sums + RowNorm.LANES] - sum * sum / count;
        squares += delta * delta * part * count / (part + count);
        mean += delta * count / (part + count);
      }
      int at = statistics + 3 * row;
      float centre = (float) mean;
      memory[at] = centre;
      memory[at + 1] = (float) (mean - centre);
      memory[at + 2] = (float) (1 / Math.sqrt(Math.max(squares, 0) / size + epsilon));
    }
  }

  @Override
  public void backward(Binding binding) {
    int statistics = statistics(binding);
    Operand gamma = affine ? binding.input(1) : null;
    GradientTarget dgamma = affine ? binding.inputGradient(1) : null;
    GradientTarget dbeta = affine ? binding.inputGradient(2) : null;
    LayerNormGradient rows =
        new LayerNormGradient(
            binding,
            statistics,
            normalised.intSize(),
            gamma == null ? neutral() : gamma.data(),
            gamma == null ? 0 : gamma.offset(),
            dgamma != null || dbeta != null);
    binding.play(rows);
    if (dgamma != null || dbeta != null) {
      binding.play(rows.new Total(dgamma, dbeta));
    }
  }
}
