package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.RowNorm;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of {@link LayerNorm}, all of it while a row is in cache. With {@code g = dy *
 * gamma}, r = 1 / deviation and means over the row, {@code dx = r * (g - mean(g) - (x - mean) * r²
 * * mean(g * (x - mean)))}. The sums for gamma and beta run over {@link #BLOCK} rows at a time,
 * blocks are added in order, and the chunks' sums combine in a tree.
 */
final class LayerNormGradient implements Task {
  private static final int BLOCK = 64;

  private final Kernels kernels;
  private final RowNorm kernel;
  private final Operand x;
  private final GradientReading dy;
  private final @Nullable GradientTarget dx;
  private final float[] gamma;
  private final int gammaAt;
  private final float[] memory;
  private final int statistics;
  private final int size;
  private final int stride;
  private final boolean wantsParameters;
  private final int partials;

  LayerNormGradient(
      Binding binding,
      int statistics,
      int size,
      float[] gamma,
      int gammaAt,
      boolean wantsParameters) {
    this.kernels = binding.kernels();
    this.kernel = kernels.rowNorm();
    this.x = binding.input(0);
    this.dy = binding.outputGradient();
    this.dx = binding.inputGradient(0);
    this.gamma = gamma;
    this.gammaAt = gammaAt;
    this.memory = binding.memory();
    this.statistics = statistics;
    this.size = size;
    this.stride = Scratch.roundUp(size);
    this.wantsParameters = wantsParameters;
    this.partials =
        wantsParameters ? binding.workspace(2L * chunks(binding.capacity()) * stride) : 0;
    binding.scratch(RowNorm.OUT + (wantsParameters ? Math.multiplyExact(2, stride) : 0), 0);
  }

  private int rows(int batch) {
    return x.size(batch) / size;
  }

  @Override
  public int chunks(int batch) {
    return Chunks.partials(rows(batch), Math.multiplyExact(2, stride));
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int mark = scratch.mark();
    int sums = scratch.take(RowNorm.OUT);
    int block = wantsParameters ? scratch.take(2 * stride) : 0;
    int chunks = chunks(batch);
    int start = Chunks.start(rows(batch), chunk, chunks);
    int end = Chunks.start(rows(batch), chunk + 1, chunks);
    for (int row = start; row < end; row += BLOCK) {
      int blockEnd = Math.min(end, row + BLOCK);
      if (dx != null) {
        inputGradient(dx, row, blockEnd, scratch.floats(), sums);
      }
      if (wantsParameters) {
        parameterSums(row, blockEnd, scratch.floats(), block);
        add(partials + 2 * chunk * stride, scratch.floats(), block, row == start);
      }
    }
    scratch.release(mark, scratch.intMark());
  }

  private void inputGradient(GradientTarget dx, int from, int to, float[] floats, int sums) {
    for (int row = from; row < to; row++) {
      int at = row * size;
      float centre = memory[statistics + 3 * row];
      double rest = memory[statistics + 3 * row + 1];
      double inverse = memory[statistics + 3 * row + 2];
      double sum = 0;
      double product = 0;
      for (int part = 0; part < size; part += LayerNorm.PART) {
        kernel.gradientSums(
            floats,
            sums,
            dy.data(),
            dy.offset() + at + part,
            gamma,
            gammaAt + part,
            x.data(),
            x.offset() + at + part,
            centre,
            Math.min(LayerNorm.PART, size - part));
        sum += floats[sums];
        product += floats[sums + RowNorm.LANES];
      }
      product -= rest * sum;
      float b = (float) (-inverse * inverse * inverse * product / size);
      float d = (float) (-inverse * sum / size - b * rest);
      kernel.gradient(
          dx.data(),
          dx.offset() + at,
          dy.data(),
          dy.offset() + at,
          gamma,
          gammaAt,
          x.data(),
          x.offset() + at,
          centre,
          (float) inverse,
          b,
          d,
          size,
          dx.add());
    }
  }

  private void parameterSums(int from, int to, float[] floats, int block) {
    Arrays.fill(floats, block, block + 2 * stride, 0f);
    for (int row = from; row < to; row++) {
      int at = statistics + 3 * row;
      float inverse = memory[at + 2];
      kernel.parameterSums(
          floats,
          block,
          block + stride,
          dy.data(),
          dy.offset() + row * size,
          x.data(),
          x.offset() + row * size,
          memory[at],
          inverse,
          -memory[at + 1] * inverse,
          size);
    }
  }

  private void add(int partial, float[] floats, int block, boolean first) {
    if (first) {
      System.arraycopy(floats, block, memory, partial, 2 * stride);
    } else {
      kernels.elementwise().add(memory, partial, memory, partial, floats, block, 2 * stride);
    }
  }

  /** Combines the chunks' sums for gamma and beta. */
  final class Total implements Task {
    private final @Nullable GradientTarget dgamma;
    private final @Nullable GradientTarget dbeta;

    Total(@Nullable GradientTarget dgamma, @Nullable GradientTarget dbeta) {
      this.dgamma = dgamma;
      this.dbeta = dbeta;
    }

    @Override
    public int chunks(int batch) {
      return 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int parts = LayerNormGradient.this.chunks(batch);
      kernels.combine().tree(memory, partials, parts, 2 * stride, 0, 2 * stride);
      put(dgamma, partials);
      put(dbeta, partials + stride);
    }

    private void put(@Nullable GradientTarget target, int from) {
      if (target == null) {
        return;
      }
      if (target.add()) {
        kernels
            .elementwise()
            .add(
                target.data(), target.offset(), target.data(), target.offset(), memory, from, size);
      } else {
        System.arraycopy(memory, from, target.data(), target.offset(), size);
      }
    }
  }
}
