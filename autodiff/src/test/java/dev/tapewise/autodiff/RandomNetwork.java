package dev.tapewise.autodiff;

import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small random network of convolutions, norms, activations, residuals and dropout, with tensors
 * of one and of several consumers: what fusion and the memory plan have to get right.
 */
final class RandomNetwork {
  static final int CLASSES = 5;

  private final long seed;

  RandomNetwork(long seed) {
    this.seed = seed;
  }

  /** A recorded network. */
  record Recorded(Tape tape, Var images, Var labels, Var logits, Var loss) {

    /** Fills images and labels with random numbers. */
    void fill(Program program, long seed) {
      float[] pixels = new float[images.shape().intSize()];
      Philox.fillUniform(pixels, 0, pixels.length, seed, 50, 0, -1, 1);
      program.input(images).set(pixels);
      float[] classes = new float[labels.shape().intSize()];
      for (int i = 0; i < classes.length; i++) {
        classes[i] = Math.floorMod(Philox.bits(seed, 51, 0, i), CLASSES);
      }
      program.input(labels).set(classes);
    }
  }

  Recorded record(ParameterStore store, boolean training, int batch) {
    SplittableRandom random = new SplittableRandom(seed);
    Tape tape = new Tape(store, training);
    int size = random.nextInt(4, 10);
    Var images = tape.input("images", Shape.of(batch, size, size, 3));
    Var labels = tape.labels("labels", batch);
    Var x = block(tape, images, random, 0);
    List<Var> same = new ArrayList<>();
    int blocks = random.nextInt(2, 6);
    for (int i = 1; i <= blocks; i++) {
      Var next = block(tape, x, random, i);
      if (next.shape().equals(x.shape()) && random.nextInt(3) > 0) {
        next = random.nextBoolean() ? next.add(x) : x.add(next);
      }
      if (random.nextInt(5) == 0) {
        Shape channels = Shape.of(next.shape().axis(3));
        next = next.add(tape.parameter("offset" + i, channels, Initializer.uniform(0.5f)));
      }
      for (Var other : same) {
        if (other.shape().equals(next.shape()) && random.nextInt(4) == 0) {
          next = next.add(other);
          break;
        }
      }
      same.add(next);
      x = next;
    }
    Var pooled = x.globalAveragePool().dropout(random.nextInt(3) * 0.1f);
    Var logits =
        pooled.linear(
            tape.parameter(
                "classifier.weight",
                Shape.of(pooled.shape().axis(1), CLASSES),
                Initializer.normal(0.3f)),
            tape.parameter(
                "classifier.bias", Shape.of(CLASSES), Role.BIAS, Initializer.constant(0)));
    return new Recorded(tape, images, labels, logits, logits.crossEntropy(labels, 0.1f));
  }

  private static Var block(Tape tape, Var x, SplittableRandom random, int number) {
    tape.enter("block" + number);
    int in = x.shape().axis(3);
    int kind = random.nextInt(4);
    int out = kind == 1 ? in : random.nextInt(1, 4) * 8 - random.nextInt(2) * 3;
    int groups = kind == 1 ? in : 1;
    if (random.nextInt(3) == 0 && kind != 1) {
      out = in;
    }
    int kernel = kind == 0 ? 1 : 3;
    int stride = random.nextInt(4) == 0 && x.shape().axis(1) > 2 ? 2 : 1;
    Var w =
        tape.parameter(
            "weight", Shape.of(kernel, kernel, in / groups, out), Initializer.heFanOut(groups));
    Var y =
        x.conv2d(
            w, ConvOptions.padded(Padding.of(kernel / 2)).withStride(stride).withGroups(groups));
    if (random.nextInt(5) > 0) {
      Shape c = Shape.of(out);
      BatchNorm.Running running =
          new BatchNorm.Running(
              tape.buffer("running_mean", c, Initializer.constant(0)),
              tape.buffer("running_var", c, Initializer.constant(1)));
      y =
          y.batchNorm(
              tape.parameter("norm.weight", c, Role.NORM, Initializer.uniform(1.5f)),
              tape.parameter("norm.bias", c, Role.NORM, Initializer.uniform(0.5f)),
              running,
              1e-3f,
              0.1f);
    }
    y =
        switch (random.nextInt(7)) {
          case 0 -> y;
          case 1 -> y.relu();
          case 2, 5 -> y.hardSwish();
          case 3 -> y.silu();
          case 4 -> y.leakyRelu(0.1f);
          default -> y.relu6();
        };
    tape.exit();
    return y;
  }
}
