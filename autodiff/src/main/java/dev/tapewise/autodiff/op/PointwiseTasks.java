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

/** The matrix products of 1×1 convolutions and linear layers, band by band of {@link RowBands}. */
final class PointwiseTasks {
  private final int height;
  private final int width;
  private final int k;
  private final int n;

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
        new Once() {
          @Override
          void run() {
            kernel.pack(memory, packed, w.data(), w.offset(), k, n);
          }
        });
    RowBands bands = RowBands.of(height, width, n);
    binding.scratch(kernel.forwardScratch(bands.maxPixels(), k, n), 0);
    binding.play(
        new Forward(
            kernel,
            binding.kernels().statistics(),
            bands,
            binding.output(),
            binding.input(0),
            memory,
            packed,
            bias,
            binding.statistics()));
  }

  private final class Forward implements Task {
    private final Pointwise kernel;
    private final Statistics sums;
    private final RowBands bands;
    private final Operand y;
    private final Operand input;
    private final Reading x;
    private final float[] memory;
    private final int packed;
    private final float @Nullable [] bias;
    private final int biasOffset;
    private final @Nullable BandStatistics statistics;

    Forward(
        Pointwise kernel,
        Statistics sums,
        RowBands bands,
        Operand y,
        Operand input,
        float[] memory,
        int packed,
        @Nullable Operand bias,
        @Nullable BandStatistics statistics) {
      this.kernel = kernel;
      this.sums = sums;
      this.bands = bands;
      this.y = y;
      this.input = input;
      this.x = input.reading();
      this.memory = memory;
      this.packed = packed;
      this.bias = bias == null ? null : bias.data();
      this.biasOffset = bias == null ? 0 : bias.offset();
      this.statistics = statistics;
    }

    @Override
    public int chunks(int batch) {
      return Math.min(Chunks.FORWARD, bands.count(input.images(batch)));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = bands.count(images);
      int end = Chunks.start(count, chunk + 1, chunks);
      BandStatistics gather = statistics;
      for (int band = Chunks.start(count, chunk, chunks); band < end; band++) {
        int row = bands.start(band, images);
        int rows = bands.start(band + 1, images) - row;
        int at = y.offset() + row * n;
        kernel.forward(y.data(), at, x, row, rows, k, n, memory, packed, bias, biasOffset, scratch);
        if (gather != null) {
          sums.moments(
              gather.data(),
              gather.mean() + band * gather.stride(),
              gather.data(),
              gather.centred() + band * gather.stride(),
              y.data(),
              at,
              rows,
              n);
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
          new Once() {
            @Override
            void run() {
              kernel.packTransposed(memory, at, w.data(), w.offset(), n, k);
            }
          });
    }
    RowBands bands = RowBands.of(height, width, k);
    int size = kernel.partialSize(k, n);
    int stride = Scratch.roundUp(size);
    Operand x = binding.input(0);
    int most = Chunks.partials(bands.count(x.images(binding.capacity())), size);
    int partial = dw == null ? 0 : binding.workspace((long) most * stride);
    binding.scratch(kernel.backwardScratch(bands.maxPixels(), k, n), 0);
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
            binding.gradientSums(0));
    binding.play(task);
    if (dw != null) {
      Combine combine = binding.kernels().combine();
      binding.play(
          new Task() {
            @Override
            public int chunks(int batch) {
              return task.chunks(batch) == 1 ? 1 : Chunks.elements(size);
            }

            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              int from = chunk * Chunks.ELEMENTS;
              combine.tree(
                  memory,
                  partial,
                  task.chunks(batch),
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

    @Override
    public int chunks(int batch) {
      return Chunks.partials(bands.count(input.images(batch)), size);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = bands.count(images);
      int end = Chunks.start(count, chunk + 1, chunks);
      int at = partial + chunk * stride;
      if (weights) {
        java.util.Arrays.fill(memory, at, at + size, 0f);
      }
      BandGradientSums gather = sums;
      for (int band = Chunks.start(count, chunk, chunks); band < end; band++) {
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
            scratch);
        if (gather != null) {
          GradientSums.band(statistics, gather, band, row, rows, k);
        }
      }
    }
  }
}
