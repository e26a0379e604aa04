package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Arithmetic;
import dev.tapewise.core.kernel.Combine;
import dev.tapewise.core.kernel.LaneSums;

/**
 * The tasks of a sum over axes. A stage whose rows have several elements sums parts of 48 to 192
 * rows in row order and combines the parts in the fixed tree; a stage whose rows have one sums
 * parts of {@link Chunks#ELEMENTS} elements as {@link LaneSums} has it and adds the parts in order,
 * all in double precision.
 */
final class AxisSums {
  private static final int CACHED_FLOATS = 48 * 1024;

  /** Elements of a row that are summed together, so that the sums stay in L1. */
  private static final int BLOCK = 2048;

  private AxisSums() {}

  /** What is summed in the first stage. */
  interface Source {
    /**
     * Sums rows whose first element is element {@code at}.
     *
     * @param kept the first of the kept elements that these sums are for
     */
    void rows(float[] sum, int sumAt, int at, int kept, int rows, int step, int channels);

    /** The sum of neighbouring elements. */
    double elements(int at, int count);
  }

  /** A tensor as it is. */
  static Source of(Arithmetic kernel, float[] x, int offset) {
    return new Source() {
      @Override
      public void rows(float[] sum, int sumAt, int at, int kept, int rows, int step, int channels) {
        kernel.sumRows(sum, sumAt, x, offset + at, rows, step, channels);
      }

      @Override
      public double elements(int at, int count) {
        return LaneSums.sum(x, offset + at, count);
      }
    };
  }

  /** What the sums are divided by at the end: a constant, or a constant per image. */
  record Divisor(int value, boolean perImage) {
    static final Divisor ONE = new Divisor(1, false);
    static final Divisor MINUS_ONE = new Divisor(-1, false);

    float of(int batch) {
      return perImage ? (float) ((long) value * batch) : value;
    }
  }

  /** Hands in the tasks that write, or add, the sums to a place. */
  static void bind(
      Binding binding, AxisStages stages, Source source, GradientTarget to, Divisor divisor) {
    Source from = source;
    int left = stages.stages().size();
    for (AxisStages.Stage stage : stages.stages()) {
      left--;
      if (left == 0) {
        bind(binding, stage, from, to, divisor);
        return;
      }
      int capacity = binding.capacity();
      int between = binding.workspace((long) stage.outer(capacity) * stage.channels());
      bind(binding, stage, from, new GradientTarget(binding.memory(), between, false), Divisor.ONE);
      from = of(binding.kernels().arithmetic(), binding.memory(), between);
    }
  }

  private static void bind(
      Binding binding, AxisStages.Stage stage, Source source, GradientTarget to, Divisor divisor) {
    if (stage.channels() == 1) {
      double[] sums = new double[Elements.sums(stage, binding.capacity())];
      binding.play(new Elements(stage, source, to, divisor, sums));
      if (sums.length > 0) {
        binding.play(new ElementParts(stage, to, divisor, sums));
      }
    } else {
      int capacity = binding.capacity();
      int sums =
          binding.workspace(
              (long) stage.outer(capacity) * Rows.parts(stage, capacity) * stage.channels());
      binding.play(new Rows(stage, source, binding.memory(), sums));
      binding.play(
          new RowParts(stage, binding.kernels().combine(), binding.memory(), sums, to, divisor));
    }
  }

  private static void finish(GradientTarget to, int at, float value) {
    float[] data = to.data();
    int i = to.offset() + at;
    data[i] = to.add() ? data[i] + value : value;
  }

  /** Sums of rows, a part of a block at a time. */
  private record Rows(AxisStages.Stage stage, Source source, float[] memory, int sums)
      implements Task {

    static int parts(AxisStages.Stage stage, int batch) {
      int rows = Math.max(48, Math.min(192, CACHED_FLOATS / stage.channels()));
      return Math.ceilDiv(stage.reduced(batch), rows);
    }

    private int units(int batch) {
      return stage.outer(batch) * parts(stage, batch) * Math.ceilDiv(stage.channels(), BLOCK);
    }

    @Override
    public int chunks(int batch) {
      long all = (long) stage.outer(batch) * stage.reduced(batch) * stage.channels();
      return (int) Math.min(units(batch), Math.ceilDiv(all, (long) Chunks.ELEMENTS));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int units = units(batch);
      int chunks = chunks(batch);
      int parts = parts(stage, batch);
      int reduced = stage.reduced(batch);
      int channels = stage.channels();
      int blocks = Math.ceilDiv(channels, BLOCK);
      int end = Chunks.start(units, chunk + 1, chunks);
      for (int unit = Chunks.start(units, chunk, chunks); unit < end; unit++) {
        int sum = unit / blocks;
        int channel = (unit - sum * blocks) * BLOCK;
        int outer = sum / parts;
        int part = sum - outer * parts;
        int row = Chunks.start(reduced, part, parts);
        source.rows(
            memory,
            sums + sum * channels + channel,
            (outer * reduced + row) * channels + channel,
            outer * channels + channel,
            Chunks.start(reduced, part + 1, parts) - row,
            channels,
            Math.min(BLOCK, channels - channel));
      }
    }
  }

  /** Combines the parts of {@link Rows} and writes the result. */
  private record RowParts(
      AxisStages.Stage stage,
      Combine combine,
      float[] memory,
      int sums,
      GradientTarget to,
      Divisor divisor)
      implements Task {

    private int units(int batch) {
      return stage.outer(batch) * Math.ceilDiv(stage.channels(), BLOCK);
    }

    @Override
    public int chunks(int batch) {
      long all = (long) stage.outer(batch) * Rows.parts(stage, batch) * stage.channels();
      return (int) Math.min(units(batch), Math.ceilDiv(all, (long) Chunks.ELEMENTS));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int units = units(batch);
      int chunks = chunks(batch);
      int parts = Rows.parts(stage, batch);
      int channels = stage.channels();
      int blocks = Math.ceilDiv(channels, BLOCK);
      float by = divisor.of(batch);
      int end = Chunks.start(units, chunk + 1, chunks);
      for (int unit = Chunks.start(units, chunk, chunks); unit < end; unit++) {
        int outer = unit / blocks;
        int from = (unit - outer * blocks) * BLOCK;
        int count = Math.min(BLOCK, channels - from);
        int at = sums + outer * parts * channels;
        combine.tree(memory, at, parts, channels, from, from + count);
        if (to.add()) {
          add(to.data(), to.offset() + outer * channels + from, memory, at + from, count, by);
        } else {
          write(to.data(), to.offset() + outer * channels + from, memory, at + from, count, by);
        }
      }
    }

    private static void write(float[] y, int at, float[] sum, int from, int count, float by) {
      for (int i = 0; i < count; i++) {
        y[at + i] = sum[from + i] / by;
      }
    }

    private static void add(float[] y, int at, float[] sum, int from, int count, float by) {
      for (int i = 0; i < count; i++) {
        y[at + i] += sum[from + i] / by;
      }
    }
  }

  /** Sums of neighbouring elements, a part of a row at a time. */
  private record Elements(
      AxisStages.Stage stage, Source source, GradientTarget to, Divisor divisor, double[] sums)
      implements Task {

    static int parts(AxisStages.Stage stage, int batch) {
      return Chunks.elements(stage.reduced(batch));
    }

    /** How many sums of parts there are at most; none where every part is a whole row. */
    static int sums(AxisStages.Stage stage, int capacity) {
      int parts = parts(stage, capacity);
      return parts == 1 ? 0 : Math.multiplyExact(stage.outer(capacity), parts);
    }

    @Override
    public int chunks(int batch) {
      int units = stage.outer(batch) * parts(stage, batch);
      long all = (long) stage.outer(batch) * stage.reduced(batch);
      return (int) Math.min(units, Math.ceilDiv(all, (long) Chunks.ELEMENTS));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int parts = parts(stage, batch);
      int units = stage.outer(batch) * parts;
      int chunks = chunks(batch);
      int reduced = stage.reduced(batch);
      float by = divisor.of(batch);
      int end = Chunks.start(units, chunk + 1, chunks);
      for (int unit = Chunks.start(units, chunk, chunks); unit < end; unit++) {
        int outer = unit / parts;
        int from = (unit - outer * parts) * Chunks.ELEMENTS;
        double sum =
            source.elements(outer * reduced + from, Math.min(Chunks.ELEMENTS, reduced - from));
        if (parts == 1) {
          finish(to, outer, (float) (sum / by));
        } else {
          sums[unit] = sum;
        }
      }
    }
  }

  /** Adds the parts of {@link Elements} where there are several, and writes the result. */
  private record ElementParts(
      AxisStages.Stage stage, GradientTarget to, Divisor divisor, double[] sums) implements Task {

    @Override
    public int chunks(int batch) {
      return Elements.parts(stage, batch) == 1 ? 0 : 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int parts = Elements.parts(stage, batch);
      int outer = stage.outer(batch);
      float by = divisor.of(batch);
      for (int o = 0; o < outer; o++) {
        double sum = 0;
        for (int i = o * parts; i < (o + 1) * parts; i++) {
          sum += sums[i];
        }
        finish(to, o, (float) (sum / by));
      }
    }
  }
}
