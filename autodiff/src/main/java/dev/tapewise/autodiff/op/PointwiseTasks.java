package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.autodiff.BandStatistics;
import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.Combine;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Statistics;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The matrix products of 1×1 convolutions and linear layers.
 *
 * <p>Where a batch has many bands of {@link RowBands}, a product goes band by band and what is
 * gathered of its output follows at once. Where it has few, its rows are cut into equal pieces and
 * these by columns, so that all threads have the same to do; what is gathered follows in a task of
 * its own. The cut changes no bit of an output: every element is a chain of its own.
 */
final class PointwiseTasks {
  private final int height;
  private final int width;
  private final int k;
  private final int n;

  /** Units that a product is cut into at least, where it has the rows and columns. */
  private static final int WANTED = 12;

  /** Columns of a part at least: each part stages its rows anew. */
  private static final int PART_COLUMNS = 2 * Pointwise.COLUMNS;

  /** Rows of a piece at least: each piece reads all weights of its columns. */
  private static final int PIECE_ROWS = 24;

  /** Pieces of rows begin at a multiple of it, the height of all tiles. */
  private static final int ROWS = 12;

  /**
   * Times the outputs: fewer rows than that are few. Sixteen partials would then cost more than to
   * gather sums of the input's gradient in a task of its own, which reads it and one more tensor.
   */
  private static final int FEW_ROWS = 24;

  /** There is at most one partial weight gradient for so many rows. */
  private static final int PARTIAL_ROWS = 48;

  PointwiseTasks(int height, int width, int k, int n) {
    this.height = height;
    this.width = width;
    this.k = k;
    this.n = n;
  }

  void forward(Binding binding, @Nullable Operand bias) {
    Pointwise kernel = binding.kernels().pointwise();
    Packed packed = new Packed(binding, false);
    RowBands bands = RowBands.of(height, width, n);
    Operand x = binding.input(0);
    binding.scratch(kernel.forwardScratch(rows(x, binding.capacity()), k, n), kernel.scratchInts());
    Operand y = binding.output();
    BandStatistics statistics = binding.statistics();
    OutputMoments moments =
        statistics == null
            ? null
            : new OutputMoments(binding.kernels().statistics(), y, n, statistics);
    Forward task = new Forward(kernel, bands, y, x, packed, bias, moments);
    binding.play(packed.before(task));
    binding.play(task);
    if (moments != null) {
      binding.play(
          new WhereDivided(bands, x) {
            @Override
            boolean divided(int batch) {
              return task.divided(batch);
            }

            @Override
            void run(int band, int row, int rows, Scratch scratch) {
              moments.gather(band, row, rows);
            }
          });
    }
  }

  private int rows(Operand x, int batch) {
    return x.images(batch) * height * width;
  }

  /**
   * How many parts the columns of so many pieces of rows are divided into: units of an even number,
   * unless there is just one.
   */
  private static int parts(int pieces, int columns) {
    int parts = Math.clamp(columns / PART_COLUMNS, 1, Math.ceilDiv(WANTED, pieces));
    return parts > 1 && pieces % 2 == 1 ? parts / 2 * 2 : parts;
  }

  /** The first column of a part; the first parts are the widest. */
  private static int column(int columns, int part, int parts) {
    int groups = Math.ceilDiv(columns, Pointwise.COLUMNS);
    return Math.min(columns, Math.ceilDiv(groups * part, parts) * Pointwise.COLUMNS);
  }

  /** The first row of a piece. */
  private static int row(int rows, int piece, int pieces) {
    return Math.min(rows, Chunks.start(Math.ceilDiv(rows, ROWS), piece, pieces) * ROWS);
  }

  /** A product, divided by rows and columns. */
  private abstract static class Product implements Task {
    /** Whether the columns of its weights are used by one part each, which then packs them. */
    abstract boolean packs(int batch);
  }

  /** The weights as a product reads them, or their transpose. */
  private final class Packed {
    private final Pointwise kernel;
    private final Operand w;
    private final boolean transposed;
    private final float[] memory;
    private final int offset;

    Packed(Binding binding, boolean transposed) {
      this.kernel = binding.kernels().pointwise();
      this.w = binding.input(1);
      this.transposed = transposed;
      this.memory = binding.memory();
      this.offset =
          binding.workspace(transposed ? kernel.packedSize(n, k) : kernel.packedSize(k, n));
    }

    void pack(int from, int to) {
      if (transposed) {
        kernel.packTransposed(memory, offset, w.data(), w.offset(), n, k, from, to);
      } else {
        kernel.pack(memory, offset, w.data(), w.offset(), k, n, from, to);
      }
    }

    /** Packing ahead of a product that does not pack by itself. */
    Task before(Product product) {
      int columns = transposed ? k : n;
      int parts = Math.min(Chunks.elements(k * n), Math.ceilDiv(columns, Pointwise.COLUMNS));
      return new Task() {
        @Override
        public int chunks(int batch) {
          return product.packs(batch) ? 0 : parts;
        }

        @Override
        public void run(int chunk, int batch, Scratch scratch) {
          pack(column(columns, chunk, parts), column(columns, chunk + 1, parts));
        }
      };
    }
  }

  /**
   * What is gathered over all columns of a band: by itself where the columns are divided, otherwise
   * right behind the product.
   */
  private abstract static class WhereDivided extends BandTask {
    WhereDivided(RowBands bands, Operand input) {
      super(bands, input);
    }

    @Override
    public int chunks(int batch) {
      return divided(batch) ? super.chunks(batch) : 0;
    }

    /** Whether the product of such a batch has its columns divided. */
    abstract boolean divided(int batch);
  }

  private final class Forward extends Product {
    private final Pointwise kernel;
    private final RowBands bands;
    private final Operand y;
    private final Operand input;
    private final Reading x;
    private final Packed packed;
    private final float @Nullable [] bias;
    private final int biasOffset;
    private final @Nullable OutputMoments moments;

    Forward(
        Pointwise kernel,
        RowBands bands,
        Operand y,
        Operand input,
        Packed packed,
        @Nullable Operand bias,
        @Nullable OutputMoments moments) {
      this.kernel = kernel;
      this.bands = bands;
      this.y = y;
      this.input = input;
      this.x = input.reading();
      this.packed = packed;
      this.bias = bias == null ? null : bias.data();
      this.biasOffset = bias == null ? 0 : bias.offset();
      this.moments = moments;
    }

    boolean divided(int batch) {
      return bands.count(input.images(batch)) < WANTED;
    }

    private int pieces(int batch) {
      return Math.clamp(rows(input, batch) / PIECE_ROWS, 1, WANTED);
    }

    @Override
    boolean packs(int batch) {
      return divided(batch) && pieces(batch) == 1;
    }

    @Override
    public int chunks(int batch) {
      if (divided(batch)) {
        int pieces = pieces(batch);
        return pieces * parts(pieces, n);
      }
      return Math.min(Chunks.FORWARD, bands.count(input.images(batch)));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      if (divided(batch)) {
        int rows = rows(input, batch);
        int pieces = pieces(batch);
        int parts = parts(pieces, n);
        int piece = chunk / parts;
        int part = chunk - piece * parts;
        int row = row(rows, piece, pieces);
        int count = row(rows, piece + 1, pieces) - row;
        int from = column(n, part, parts);
        int to = column(n, part + 1, parts);
        if (pieces == 1) {
          packed.pack(from, to);
        }
        product(row, count, from, to, scratch);
        return;
      }
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = bands.count(images);
      int end = Chunks.start(count, chunk + 1, chunks);
      for (int band = Chunks.start(count, chunk, chunks); band < end; band++) {
        int row = bands.start(band, images);
        int rows = bands.start(band + 1, images) - row;
        product(row, rows, 0, n, scratch);
        if (moments != null) {
          moments.gather(band, row, rows);
        }
      }
    }

    private void product(int row, int rows, int from, int to, Scratch scratch) {
      kernel.forward(
          y.data(),
          y.offset() + row * n,
          x,
          row,
          rows,
          k,
          n,
          packed.memory,
          packed.offset,
          bias,
          biasOffset,
          from,
          to,
          scratch);
    }
  }

  void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    GradientTarget dw = binding.inputGradient(1);
    if (dx == null && dw == null) {
      return;
    }
    Pointwise kernel = binding.kernels().pointwise();
    float[] memory = binding.memory();
    Packed packed = dx == null ? null : new Packed(binding, true);
    RowBands bands = RowBands.of(height, width, k);
    int size = kernel.partialSize(k, n);
    int stride = Scratch.roundUp(size);
    Operand x = binding.input(0);
    int rows = rows(x, binding.capacity());
    int most =
        IntStream.rangeClosed(1, binding.capacity())
            .map(batch -> partials(rows(x, batch), bands.count(x.images(batch))))
            .max()
            .orElseThrow();
    int partial = dw == null ? 0 : binding.workspace((long) most * stride);
    binding.scratch(kernel.backwardScratch(rows, k, n), kernel.scratchInts());
    BandGradientSums sums = binding.gradientSums(0);
    Backward task =
        new Backward(
            kernel,
            binding.kernels().statistics(),
            bands,
            dx,
            x,
            binding.outputGradient(),
            memory,
            packed,
            dw,
            partial,
            stride,
            sums);
    if (packed != null) {
      binding.play(packed.before(task));
    }
    binding.play(task);
    if (sums != null) {
      Statistics statistics = binding.kernels().statistics();
      binding.play(
          new WhereDivided(bands, x) {
            @Override
            boolean divided(int batch) {
              return task.divided(batch);
            }

            @Override
            void run(int band, int row, int rows, Scratch scratch) {
              GradientSums.band(statistics, sums, band, row, rows, k);
            }
          });
    }
    if (dw != null) {
      Combine combine = binding.kernels().combine();
      binding.play(
          new Task() {
            @Override
            public int chunks(int batch) {
              return task.partials(batch) == 1 ? 0 : Chunks.elements(size);
            }

            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              int from = chunk * Chunks.ELEMENTS;
              combine.tree(
                  memory,
                  partial,
                  task.partials(batch),
                  stride,
                  from,
                  Math.min(size, from + Chunks.ELEMENTS));
            }
          });
      int blocks = Math.min(k, Chunks.elements(size));
      binding.play(
          new Task() {
            @Override
            public int chunks(int batch) {
              return task.partials(batch) == 1 ? 0 : blocks;
            }

            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              task.unpack(Chunks.start(k, chunk, blocks), Chunks.start(k, chunk + 1, blocks));
            }
          });
    }
  }

  /**
   * Partial weight gradients of so many rows: as many as there can be where rows are many. Where
   * they are few, each costs about three passes over it, and where there are fewer, rows of dy are
   * staged for more parts of columns. Both together cost least near √(4 rows / k).
   */
  private int partials(int rows, int bands) {
    int best = rows < FEW_ROWS * n ? (int) Math.sqrt(4.0 * rows / k) : bands;
    return Chunks.partials(Math.min(best, rows / PARTIAL_ROWS), k * n);
  }

  private final class Backward extends Product {
    private final Pointwise kernel;
    private final Statistics statistics;
    private final RowBands bands;
    private final float @Nullable [] dx;
    private final int dxOffset;
    private final boolean add;
    private final Operand input;
    private final Reading x;
    private final GradientReading dy;
    private final float[] memory;
    private final @Nullable Packed packed;
    private final @Nullable GradientTarget dw;
    private final int partial;
    private final int stride;
    private final @Nullable BandGradientSums sums;

    Backward(
        Pointwise kernel,
        Statistics statistics,
        RowBands bands,
        @Nullable GradientTarget dx,
        Operand input,
        GradientReading dy,
        float[] memory,
        @Nullable Packed packed,
        @Nullable GradientTarget dw,
        int partial,
        int stride,
        @Nullable BandGradientSums sums) {
      this.kernel = kernel;
      this.statistics = statistics;
      this.bands = bands;
      this.dx = dx == null ? null : dx.data();
      this.dxOffset = dx == null ? 0 : dx.offset();
      this.add = dx != null && dx.add();
      this.input = input;
      this.x = input.reading();
      this.dy = dy;
      this.memory = memory;
      this.packed = packed;
      this.dw = dw;
      this.partial = partial;
      this.stride = stride;
      this.sums = sums;
    }

    /** Sums over rows that are combined at the end. */
    int partials(int batch) {
      int bandCount = bands.count(input.images(batch));
      return PointwiseTasks.this.partials(rows(input, batch), bandCount);
    }

    boolean divided(int batch) {
      int partials = partials(batch);
      return partials < WANTED || bands.count(input.images(batch)) < partials;
    }

    @Override
    boolean packs(int batch) {
      return partials(batch) == 1;
    }

    @Override
    public int chunks(int batch) {
      int partials = partials(batch);
      return divided(batch) ? partials * parts(partials, k) : partials;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int partials = partials(batch);
      if (divided(batch)) {
        int rows = rows(input, batch);
        int parts = parts(partials, k);
        int sum = chunk / parts;
        int part = chunk - sum * parts;
        int row = row(rows, sum, partials);
        int count = row(rows, sum + 1, partials) - row;
        int from = column(k, part, parts);
        int to = column(k, part + 1, parts);
        if (partials == 1 && packed != null) {
          packed.pack(from, to);
        }
        product(sum, false, row, count, from, to, scratch);
        if (partials == 1) {
          unpack(from, to);
        }
        return;
      }
      int images = input.images(batch);
      int count = bands.count(images);
      int end = Chunks.start(count, chunk + 1, partials);
      int first = Chunks.start(count, chunk, partials);
      for (int band = first; band < end; band++) {
        int row = bands.start(band, images);
        int rows = bands.start(band + 1, images) - row;
        product(chunk, band > first, row, rows, 0, k, scratch);
        if (sums != null) {
          GradientSums.band(statistics, sums, band, row, rows, k);
        }
      }
    }

    /** Hands over rows of the one partial that is left. */
    private void unpack(int from, int to) {
      if (dw != null) {
        kernel.unpackPartial(dw.data(), dw.offset(), dw.add(), memory, partial, k, n, from, to);
      }
    }

    private void product(
        int sum, boolean more, int row, int rows, int from, int to, Scratch scratch) {
      kernel.backward(
          dx,
          dxOffset + row * k,
          add,
          dw == null ? null : memory,
          partial + sum * stride,
          more,
          x,
          dy,
          row,
          rows,
          k,
          n,
          memory,
          packed == null ? 0 : packed.offset,
          from,
          to,
          scratch);
    }
  }
}
