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
import org.jspecify.annotations.Nullable;

/**
 * The matrix products of 1×1 convolutions and linear layers, band by band of {@link RowBands}.
 * Where a batch has few bands, the columns are divided too, which changes no bit: every element is
 * a chain of its own.
 */
final class PointwiseTasks {
  private final int height;
  private final int width;
  private final int k;
  private final int n;

  /** Chunks of bands and columns that a product is cut into at least, where it has the columns. */
  private static final int WANTED = 6;

  /** Columns of a part at least: each part stages its rows anew. */
  private static final int PART_COLUMNS = 2 * Pointwise.COLUMNS;

  PointwiseTasks(int height, int width, int k, int n) {
    this.height = height;
    this.width = width;
    this.k = k;
    this.n = n;
  }

  void forward(Binding binding, @Nullable Operand bias) {
    Pointwise kernel = binding.kernels().pointwise();
    Operand w = binding.input(1);
    int packed = binding.workspace(kernel.packedSize(k, n));
    float[] memory = binding.memory();
    binding.play(
        new Columns(n, Chunks.elements(k * n)) {
          @Override
          void run(int from, int to) {
            kernel.pack(memory, packed, w.data(), w.offset(), k, n, from, to);
          }
        });
    RowBands bands = RowBands.of(height, width, n);
    binding.scratch(kernel.forwardScratch(bands.maxPixels(), k, n), kernel.scratchInts());
    Operand x = binding.input(0);
    Operand y = binding.output();
    BandStatistics statistics = binding.statistics();
    Moments moments =
        statistics == null ? null : new Moments(binding.kernels().statistics(), y, n, statistics);
    Forward task = new Forward(kernel, bands, y, x, memory, packed, bias, moments);
    binding.play(task);
    if (moments != null) {
      binding.play(
          new WhereDivided(bands, x) {
            @Override
            boolean divided(int batch) {
              return task.parts(batch) > 1;
            }

            @Override
            void run(int band, int row, int rows) {
              moments.gather(band, row, rows);
            }
          });
    }
  }

  /** How many parts the columns are divided into when there are so many pieces without that. */
  private static int parts(int pieces, int columns) {
    return Math.clamp(columns / PART_COLUMNS, 1, (WANTED + pieces - 1) / pieces);
  }

  /** The first column of a part. */
  private static int column(int columns, int part, int parts) {
    int groups = Math.ceilDiv(columns, Pointwise.COLUMNS);
    return Math.min(columns, Chunks.start(groups, part, parts) * Pointwise.COLUMNS);
  }

  /** Something done for parts of the columns. */
  private abstract static class Columns implements Task {
    private final int columns;
    private final int parts;

    Columns(int columns, int wanted) {
      this.columns = columns;
      this.parts = Math.min(wanted, Math.ceilDiv(columns, Pointwise.COLUMNS));
    }

    @Override
    public int chunks(int batch) {
      return parts;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      run(column(columns, chunk, parts), column(columns, chunk + 1, parts));
    }

    abstract void run(int from, int to);
  }

  /**
   * What is gathered over all columns of a band: by itself where the columns are divided, otherwise
   * right behind the product.
   */
  private abstract static class WhereDivided implements Task {
    private final RowBands bands;
    private final Operand input;

    WhereDivided(RowBands bands, Operand input) {
      this.bands = bands;
      this.input = input;
    }

    @Override
    public int chunks(int batch) {
      return divided(batch) ? bands.count(input.images(batch)) : 0;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int row = bands.start(chunk, images);
      run(chunk, row, bands.start(chunk + 1, images) - row);
    }

    /** Whether the product of such a batch has its columns divided. */
    abstract boolean divided(int batch);

    abstract void run(int band, int row, int rows);
  }

  /** The statistics of the output, band by band. */
  private static final class Moments {
    private final Statistics kernel;
    private final Operand y;
    private final int channels;
    private final BandStatistics to;

    Moments(Statistics kernel, Operand y, int channels, BandStatistics to) {
      this.kernel = kernel;
      this.y = y;
      this.channels = channels;
      this.to = to;
    }

    void gather(int band, int row, int rows) {
      int at = band * to.stride();
      kernel.moments(
          to.data(),
          to.mean() + at,
          to.data(),
          to.centred() + at,
          y.data(),
          y.offset() + row * channels,
          rows,
          channels);
    }
  }

  private final class Forward implements Task {
    private final Pointwise kernel;
    private final RowBands bands;
    private final Operand y;
    private final Operand input;
    private final Reading x;
    private final float[] memory;
    private final int packed;
    private final float @Nullable [] bias;
    private final int biasOffset;
    private final @Nullable Moments moments;

    Forward(
        Pointwise kernel,
        RowBands bands,
        Operand y,
        Operand input,
        float[] memory,
        int packed,
        @Nullable Operand bias,
        @Nullable Moments moments) {
      this.kernel = kernel;
      this.bands = bands;
      this.y = y;
      this.input = input;
      this.x = input.reading();
      this.memory = memory;
      this.packed = packed;
      this.bias = bias == null ? null : bias.data();
      this.biasOffset = bias == null ? 0 : bias.offset();
      this.moments = moments;
    }

    int parts(int batch) {
      return PointwiseTasks.parts(bands.count(input.images(batch)), n);
    }

    @Override
    public int chunks(int batch) {
      return Math.min(Chunks.FORWARD, bands.count(input.images(batch)) * parts(batch));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = bands.count(images);
      int parts = parts(batch);
      int end = Chunks.start(count * parts, chunk + 1, chunks);
      for (int unit = Chunks.start(count * parts, chunk, chunks); unit < end; unit++) {
        int band = unit / parts;
        int part = unit - band * parts;
        int row = bands.start(band, images);
        int rows = bands.start(band + 1, images) - row;
        kernel.forward(
            y.data(),
            y.offset() + row * n,
            x,
            row,
            rows,
            k,
            n,
            memory,
            packed,
            bias,
            biasOffset,
            column(n, part, parts),
            column(n, part + 1, parts),
            scratch);
        if (moments != null && parts == 1) {
          moments.gather(band, row, rows);
        }
      }
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
    int packed = 0;
    if (dx != null) {
      Operand w = binding.input(1);
      int at = binding.workspace(kernel.packedSize(n, k));
      packed = at;
      binding.play(
          new Columns(k, Chunks.elements(k * n)) {
            @Override
            void run(int from, int to) {
              kernel.packTransposed(memory, at, w.data(), w.offset(), n, k, from, to);
            }
          });
    }
    RowBands bands = RowBands.of(height, width, k);
    int size = kernel.partialSize(k, n);
    int stride = Scratch.roundUp(size);
    Operand x = binding.input(0);
    int most = Chunks.partials(bands.count(x.images(binding.capacity())), size);
    int partial = dw == null ? 0 : binding.workspace((long) most * stride);
    binding.scratch(kernel.backwardScratch(bands.maxPixels(), k, n), kernel.scratchInts());
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
            dw != null,
            partial,
            size,
            stride,
            sums);
    binding.play(task);
    if (sums != null) {
      Statistics statistics = binding.kernels().statistics();
      binding.play(
          new WhereDivided(bands, x) {
            @Override
            boolean divided(int batch) {
              return task.parts(batch) > 1;
            }

            @Override
            void run(int band, int row, int rows) {
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
              return task.partials(batch) == 1 ? 1 : Chunks.elements(size);
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
              return blocks;
            }

            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              kernel.unpackPartial(
                  dw.data(),
                  dw.offset(),
                  dw.add(),
                  memory,
                  partial,
                  k,
                  n,
                  Chunks.start(k, chunk, blocks),
                  Chunks.start(k, chunk + 1, blocks));
            }
          });
    }
  }

  private final class Backward implements Task {
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
    private final int packed;
    private final boolean weights;
    private final int partial;
    private final int size;
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
        int packed,
        boolean weights,
        int partial,
        int size,
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
      this.weights = weights;
      this.partial = partial;
      this.size = size;
      this.stride = stride;
      this.sums = sums;
    }

    /** Sums over bands that are combined at the end. */
    int partials(int batch) {
      return Chunks.partials(bands.count(input.images(batch)), size);
    }

    int parts(int batch) {
      return PointwiseTasks.parts(partials(batch), k);
    }

    @Override
    public int chunks(int batch) {
      return partials(batch) * parts(batch);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int count = bands.count(images);
      int parts = parts(batch);
      int partials = partials(batch);
      int sum = chunk / parts;
      int part = chunk - sum * parts;
      int from = column(k, part, parts);
      int to = column(k, part + 1, parts);
      int end = Chunks.start(count, sum + 1, partials);
      int at = partial + sum * stride;
      if (weights) {
        kernel.clearPartial(memory, at, k, n, from, to);
      }
      BandGradientSums gather = parts == 1 ? sums : null;
      for (int band = Chunks.start(count, sum, partials); band < end; band++) {
        int row = bands.start(band, images);
        int rows = bands.start(band + 1, images) - row;
        kernel.backward(
            dx,
            dxOffset + row * k,
            add,
            weights ? memory : null,
            at,
            x,
            dy,
            row,
            rows,
            k,
            n,
            memory,
            packed,
            from,
            to,
            scratch);
        if (gather != null) {
          GradientSums.band(statistics, gather, band, row, rows, k);
        }
      }
    }
  }
}
