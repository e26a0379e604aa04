package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.autodiff.BandStatistics;
import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Combine;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Statistics;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Convolutions that run over rows of images, in units of {@link ImageUnits}. */
final class SpatialTasks {
  private final ConvGeometry geometry;
  private final Convolution kernel;

  SpatialTasks(ConvGeometry geometry, Kernels kernels) {
    this.geometry = geometry;
    this.kernel = kernels.convolution(geometry);
  }

  void forward(Binding binding, @Nullable Operand bias) {
    forward(binding, binding.output(), binding.input(0), bias, binding.statistics());
  }

  /** The forward pass from x to y, whatever these are to the op. */
  void forward(
      Binding binding,
      Operand y,
      Operand x,
      @Nullable Operand bias,
      @Nullable BandStatistics statistics) {
    Operand w = binding.input(1);
    int packed = binding.workspace(kernel.packedSize());
    float[] memory = binding.memory();
    binding.play(
        new Once() {
          @Override
          void run() {
            kernel.pack(memory, packed, w.data(), w.offset());
          }
        });
    binding.scratch(kernel.scratchFloats(), kernel.scratchInts());
    OutputMoments moments =
        statistics == null
            ? null
            : new OutputMoments(
                binding.kernels().statistics(), y, geometry.outChannels(), statistics);
    binding.play(new Forward(y, x, memory, packed, bias, moments));
  }

  private final class Forward extends GatheringTask {
    private final Operand y;
    private final Operand input;
    private final Reading x;
    private final float[] memory;
    private final int packed;
    private final float @Nullable [] bias;
    private final int biasOffset;
    private final @Nullable OutputMoments moments;
    private final int outSize = geometry.outSize();

    Forward(
        Operand y,
        Operand input,
        float[] memory,
        int packed,
        @Nullable Operand bias,
        @Nullable OutputMoments moments) {
      super(geometry.outHeight(), geometry.outWidth(), geometry.outChannels(), moments != null);
      this.y = y;
      this.input = input;
      this.x = input.reading();
      this.memory = memory;
      this.packed = packed;
      this.bias = bias == null ? null : bias.data();
      this.biasOffset = bias == null ? 0 : bias.offset();
      this.moments = moments;
    }

    @Override
    public int chunks(int batch) {
      return Math.min(Chunks.FORWARD, units.count(input.images(batch)));
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = units.count(images);
      int end = Chunks.start(count, chunk + 1, chunks);
      int parts = units.parts(images);
      for (int unit = Chunks.start(count, chunk, chunks); unit < end; unit++) {
        int part = units.part(unit, images);
        int from = units.firstRow(part, parts);
        int to = units.firstRow(part + 1, parts);
        int endImage = units.endImage(unit, images);
        int image = units.firstImage(unit, images);
        kernel.forward(
            y.data(),
            y.offset() + image * outSize,
            x,
            image,
            endImage,
            memory,
            packed,
            bias,
            biasOffset,
            from,
            to,
            listener(),
            scratch);
        unitFinished(unit, images);
      }
    }

    @Override
    void gather(int band, int pixel, int pixels) {
      Objects.requireNonNull(moments).gather(band, pixel, pixels);
    }
  }

  void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    GradientTarget dw = binding.inputGradient(1);
    if (dx != null || dw != null) {
      backward(
          binding, dx, dw, binding.input(0), binding.outputGradient(), binding.gradientSums(0));
    }
  }

  /** The backward pass from dy to dx and dw, whatever these are to the op. */
  void backward(
      Binding binding,
      @Nullable GradientTarget dx,
      @Nullable GradientTarget dw,
      Operand x,
      GradientReading dy,
      @Nullable BandGradientSums sums) {
    float[] memory = binding.memory();
    int packed = 0;
    if (dx != null) {
      Operand w = binding.input(1);
      int at = binding.workspace(kernel.packedBackwardSize());
      packed = at;
      binding.play(
          new Once() {
            @Override
            void run() {
              kernel.packBackward(memory, at, w.data(), w.offset());
            }
          });
    }
    int size = kernel.partialSize();
    int stride = Scratch.roundUp(size);
    int most = Chunks.partials(Chunks.PARTIALS, size);
    int partial = dw == null ? 0 : binding.workspace((long) most * stride);
    binding.scratch(kernel.scratchFloats(), kernel.scratchInts());
    Backward task =
        new Backward(
            binding.kernels().statistics(), dx, x, dy, memory, packed, dw != null, partial, sums);
    binding.play(task);
    if (dw != null) {
      Combine combine = binding.kernels().combine();
      binding.play(
          new Task() {
            @Override
            public int chunks(int batch) {
              int partials = task.chunks(batch);
              return partials == 1 ? 0 : Chunks.elements(partials * size);
            }

            @Override
            public void run(int chunk, int batch, Scratch scratch) {
              int from = Chunks.start(size, chunk, chunks(batch));
              int to = Chunks.start(size, chunk + 1, chunks(batch));
              combine.tree(memory, partial, task.chunks(batch), stride, from, to);
            }
          });
      binding.play(
          new Once() {
            @Override
            void run() {
              kernel.unpackPartial(dw.data(), dw.offset(), dw.add(), memory, partial);
            }
          });
    }
  }

  private final class Backward extends GatheringTask {
    private final Statistics statistics;
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
    private final int size = kernel.partialSize();
    private final int stride = Scratch.roundUp(size);
    private final @Nullable BandGradientSums sums;
    private final int inSize = geometry.inSize();
    private final int outRows = geometry.outHeight();

    Backward(
        Statistics statistics,
        @Nullable GradientTarget dx,
        Operand input,
        GradientReading dy,
        float[] memory,
        int packed,
        boolean weights,
        int partial,
        @Nullable BandGradientSums sums) {
      super(geometry.height(), geometry.width(), geometry.inChannels(), sums != null);
      this.statistics = statistics;
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
      this.sums = sums;
    }

    @Override
    public int chunks(int batch) {
      return Chunks.partials(units.count(input.images(batch)), size);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int images = input.images(batch);
      int chunks = chunks(batch);
      int count = units.count(images);
      int end = Chunks.start(count, chunk + 1, chunks);
      int at = partial + chunk * stride;
      if (weights) {
        Arrays.fill(memory, at, at + size, 0f);
      }
      int parts = units.parts(images);
      for (int unit = Chunks.start(count, chunk, chunks); unit < end; unit++) {
        int part = units.part(unit, images);
        int from = units.firstRow(part, parts);
        int to = units.firstRow(part + 1, parts);
        int endImage = units.endImage(unit, images);
        int image = units.firstImage(unit, images);
        kernel.backward(
            dx,
            dxOffset + image * inSize,
            add,
            weights ? memory : null,
            at,
            x,
            dy,
            image,
            endImage,
            memory,
            packed,
            from,
            to,
            Chunks.start(outRows, part, parts),
            Chunks.start(outRows, part + 1, parts),
            listener(),
            scratch);
        unitFinished(unit, images);
      }
    }

    @Override
    void gather(int band, int pixel, int pixels) {
      BandGradientSums to = Objects.requireNonNull(sums);
      GradientSums.band(statistics, to, band, pixel, pixels, geometry.inChannels());
    }
  }
}
