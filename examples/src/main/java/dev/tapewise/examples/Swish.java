package dev.tapewise.examples;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Functions;
import dev.tapewise.core.kernel.GradientReading;
import java.util.Arrays;
import java.util.List;

/** Swish, {@code x · sigmoid(beta · x)}, of {@code [.., C]} with one learned beta per channel. */
public final class Swish implements Op {

  @Override
  public String name() {
    return "swish";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape beta = inputs.get(1);
    if (!beta.equals(Shape.of(x.axis(-1)))) {
      throw new IllegalArgumentException("beta must be [%d]".formatted(x.axis(-1)));
    }
    return x;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand beta = binding.input(1);
    Operand y = binding.output();
    binding.play(
        new Rows(x) {
          @Override
          void element(int i, int c) {
            float v = x.data()[x.offset() + i];
            y.data()[y.offset() + i] = v * sigmoid(beta.data()[beta.offset() + c] * v);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    Operand x = binding.input(0);
    Operand beta = binding.input(1);
    GradientReading dy = binding.outputGradient();
    GradientTarget dx = binding.inputGradient(0);
    if (dx != null) {
      binding.play(
          new Rows(x) {
            @Override
            void element(int i, int c) {
              float v = x.data()[x.offset() + i];
              float b = beta.data()[beta.offset() + c];
              float s = sigmoid(b * v);
              float slope = s + b * v * s * (1f - s);
              dx.data()[dx.offset() + i] = dy.data()[dy.offset() + i] * slope;
            }
          });
    }
    GradientTarget dbeta = binding.inputGradient(1);
    if (dbeta != null) {
      int channels = x.channels();
      float[] memory = binding.memory();
      int partial = binding.workspace((long) Rows.chunksOf(x, binding.capacity()) * channels);
      Rows sums =
          new Rows(x) {
            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              int from = partial + chunk * channels;
              Arrays.fill(memory, from, from + channels, 0f);
              super.run(chunk, batch, scratch);
            }

            @Override
            void element(int i, int c) {
              float v = x.data()[x.offset() + i];
              float s = sigmoid(beta.data()[beta.offset() + c] * v);
              int sum = partial + i / channels / ROWS * channels + c;
              memory[sum] += dy.data()[dy.offset() + i] * v * v * s * (1f - s);
            }
          };
      binding.play(sums);
      binding.play(new Total(sums, memory, partial, dbeta.data(), dbeta.offset(), channels));
    }
  }

  private static float sigmoid(float v) {
    return 1f / (1f + Functions.exp(-v));
  }

  /** A pass over the elements, in chunks of rows that depend on the shape alone. */
  private abstract static class Rows implements Task {
    static final int ROWS = 64;
    private final Operand x;

    Rows(Operand x) {
      this.x = x;
    }

    static int chunksOf(Operand x, int batch) {
      return Math.ceilDiv(x.rows(batch), ROWS);
    }

    @Override
    public final int chunks(int batch) {
      return chunksOf(x, batch);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int channels = x.channels();
      int end = Math.min(x.rows(batch), (chunk + 1) * ROWS);
      for (int row = chunk * ROWS; row < end; row++) {
        for (int c = 0; c < channels; c++) {
          element(row * channels + c, c);
        }
      }
    }

    abstract void element(int i, int c);
  }

  /** Adds the sums of the chunks in the order of their numbers, whoever made them. */
  private record Total(Task sums, float[] memory, int partial, float[] to, int at, int channels)
      implements Task {
    @Override
    public int chunks(int batch) {
      return 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      for (int c = 0; c < channels; c++) {
        float sum = 0f;
        for (int i = 0; i < sums.chunks(batch); i++) {
          sum += memory[partial + i * channels + c];
        }
        to[at + c] = sum;
      }
    }
  }
}
