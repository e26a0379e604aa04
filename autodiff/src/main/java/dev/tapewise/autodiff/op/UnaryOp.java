package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.Unary;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.List;

/**
 * A function of each element from the table {@link UnaryFunction}. The backward pass reads the
 * input, or the output where the table says that it gives the same slope: then nothing keeps the
 * input alive. A norm before it is not stored: both passes read its input and norm block by block.
 */
public final class UnaryOp implements Op {
  /** Floats of a block: it stays in the first-level cache from one loop to the next. */
  private static final int BLOCK = 1024;

  private final UnaryFunction function;

  /** A function of each element. */
  public UnaryOp(UnaryFunction function) {
    this.function = function;
  }

  /** The function. */
  public UnaryFunction function() {
    return function;
  }

  @Override
  public String name() {
    return function.title();
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return !function.slopeReadsOutput();
  }

  @Override
  public boolean backwardReadsOutput() {
    return function.slopeReadsOutput();
  }

  @Override
  public boolean acceptsReading(int input) {
    return true;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Unary kernel = binding.kernels().unary(function);
    Staging staging = binding.kernels().staging();
    Operand x = binding.input(0);
    Operand y = binding.output();
    Reading reading = x.reading();
    boolean raw = reading.isRaw();
    binding.play(
        new Blocks(binding, y, raw ? 1 : x.channels()) {
          @Override
          void run(int row, int rows, float[] block, int offset, int scratch) {
            int from = row * channels;
            float[] data = x.data();
            int at = x.offset() + from;
            if (!raw) {
              staging.rows(block, offset, reading, row, rows, channels);
              data = block;
              at = offset;
            }
            kernel.value(y.data(), y.offset() + from, data, at, rows * channels, block, scratch);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Operand v = function.slopeReadsOutput() ? binding.output() : binding.input(0);
    int channels = v.reading().isRaw() ? 1 : v.channels();
    binding.play(new Backward(binding, function, v, dx, channels));
  }

  private static final class Backward extends Blocks {
    private final Unary kernel;
    private final Elementwise elementwise;
    private final Staging staging;
    private final Operand v;
    private final Reading reading;
    private final boolean raw;
    private final GradientReading dy;
    private final GradientTarget dx;

    Backward(Binding binding, UnaryFunction function, Operand v, GradientTarget dx, int channels) {
      super(binding, v, channels);
      this.kernel = binding.kernels().unary(function);
      this.elementwise = binding.kernels().elementwise();
      this.staging = binding.kernels().staging();
      this.v = v;
      this.reading = v.reading();
      this.raw = reading.isRaw();
      this.dy = binding.outputGradient();
      this.dx = dx;
    }

    @Override
    void run(int row, int rows, float[] block, int offset, int scratch) {
      int from = row * channels;
      int count = rows * channels;
      float[] data = v.data();
      int at = v.offset() + from;
      if (!raw) {
        staging.rows(block, offset, reading, row, rows, channels);
        data = block;
        at = offset;
      }
      int in = dy.offset() + from;
      int out = dx.offset() + from;
      if (dx.add()) {
        kernel.gradient(block, offset, dy.data(), in, data, at, count, block, scratch);
        elementwise.add(dx.data(), out, dx.data(), out, block, offset, count);
      } else {
        kernel.gradient(dx.data(), out, dy.data(), in, data, at, count, block, scratch);
      }
    }
  }

  /** Chunks of whole rows, block by block, with room for one block and for the kernel. */
  private abstract static class Blocks implements Task {
    final int channels;
    private final Operand shape;
    private final int blockRows;
    private final int chunkRows;

    Blocks(Binding binding, Operand shape, int channels) {
      this.channels = channels;
      this.shape = shape;
      this.blockRows = Math.max(1, BLOCK / channels);
      this.chunkRows = Math.max(1, Chunks.ELEMENTS / channels);
      binding.scratch(Scratch.roundUp(blockRows * channels) + Unary.SCRATCH, 0);
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(shape.size(batch) / channels, chunkRows);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int mark = scratch.mark();
      int intMark = scratch.intMark();
      int offset = scratch.take(blockRows * channels);
      int kernelScratch = scratch.take(Unary.SCRATCH);
      int end = Math.min((chunk + 1) * chunkRows, shape.size(batch) / channels);
      for (int row = chunk * chunkRows; row < end; row += blockRows) {
        run(row, Math.min(blockRows, end - row), scratch.floats(), offset, kernelScratch);
      }
      scratch.release(mark, intMark);
    }

    /**
     * Rows {@code row} to {@code row + rows}.
     *
     * @param block holds a block at {@code offset} and the kernel's scratch at {@code scratch}
     */
    abstract void run(int row, int rows, float[] block, int offset, int scratch);
  }
}
