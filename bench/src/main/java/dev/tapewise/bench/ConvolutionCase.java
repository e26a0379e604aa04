package dev.tapewise.bench;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.List;

/**
 * One convolution layer as a program of its own, with a gradient for its input and its weights; the
 * loss is the sum of the output, one more pass over it each way.
 */
final class ConvolutionCase implements AutoCloseable {
  private final Workers workers;
  private final Program forward;
  private final Program training;

  /**
   * A layer.
   *
   * @param groups groups of channels; the padding is (kernel - 1) / 2 unless {@code valid}
   * @param relu whether a ReLU follows
   */
  ConvolutionCase(
      int batch,
      int size,
      int in,
      int out,
      int kernel,
      int stride,
      int groups,
      boolean valid,
      boolean relu,
      int threads) {
    workers = new Workers(threads);
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(batch, size, size, in));
    Var w =
        tape.parameter(
            "w", Shape.of(kernel, kernel, in / groups, out), Initializer.heFanOut(groups));
    Padding padding = valid ? Padding.valid() : Padding.of((kernel - 1) / 2);
    Var y = x.conv2d(w, ConvOptions.padded(padding).withStride(stride).withGroups(groups));
    Var result = relu ? y.relu() : y;
    forward = tape.compile(CompileOptions.forwardOnly(result).workers(workers));
    training =
        tape.compile(CompileOptions.of(result.sum()).keepGradients(List.of(x)).workers(workers));
    float[] pixels = new float[x.shape().intSize()];
    Philox.fillUniform(pixels, 0, pixels.length, 1, 0, 0, -1, 1);
    forward.input(x).set(pixels);
    training.input(x).set(pixels);
  }

  void forward() {
    forward.forward();
  }

  void forwardAndBackward() {
    training.forward();
    training.backward();
  }

  long allocatedBytes() {
    return workers.allocatedBytes();
  }

  @Override
  public void close() {
    workers.close();
  }
}
