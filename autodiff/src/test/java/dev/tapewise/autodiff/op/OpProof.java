package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.Philox;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;

/** What holds for every case of every op. */
final class OpProof {
  /** Of the largest element of the output. */
  static final double FORWARD = 1e-5;

  /** Of the largest element of a gradient. */
  static final double GRADIENT = 2e-5;

  private final OpCase drawn;
  private final OpSample sample;

  OpProof(OpCase drawn) {
    this.drawn = drawn;
    this.sample = drawn.sample();
  }

  /** All of it: what a printed line proves again. */
  void holds() {
    forwardIsItsDefinition(Kernels.preferred());
    directionalDerivativesAreItsGradients(Kernels.preferred());
    elementsAreItsGradients(Kernels.preferred());
    adjointWhereLinear();
    twinsHaveTheSameBits();
    try (Workers two = new Workers(2);
        Workers three = new Workers(3)) {
      teamsHaveTheSameBits(two, three);
    }
    endedBuffersAreNotRead();
    otherReadersAddTheirGradients();
    unwantedGradientsChangeNothing();
    fusedHasTheBitsOfPlain();
    fewerImagesHaveTheBitsOfAProgramForFewer();
  }

  void forwardIsItsDefinition(Kernels kernels) {
    OpErrors errors = OpErrors.measure(sample, kernels, 0, drawn.seed());
    assertThat(errors.forward()).as("output: %s", errors.forwardAt()).isLessThan(FORWARD);
  }

  void elementsAreItsGradients(Kernels kernels) {
    OpErrors errors = OpErrors.measure(sample, kernels, 12, drawn.seed());
    for (int input = 0; input < errors.gradients().length; input++) {
      if (sample.inputs().get(input).differentiable()) {
        assertThat(errors.gradients()[input])
            .as("gradient of input %d: %s", input, errors.gradientsAt().get(input))
            .isLessThan(GRADIENT);
      }
    }
  }

  void directionalDerivativesAreItsGradients(Kernels kernels) {
    OpPlay.Result result = new OpPlay(sample).kernels(kernels).run();
    double[][] at = OpErrors.doubles(sample);
    float[] weights = OpPlay.projection(result.output().length, 0);
    for (int input = 0; input < at.length; input++) {
      if (!sample.inputs().get(input).differentiable()) {
        continue;
      }
      float[] g = result.gradients().get(input);
      double[] direction = new double[g.length];
      double predicted = 0;
      double size = 0;
      for (int i = 0; i < g.length; i++) {
        direction[i] = Philox.uniformDouble(Philox.bits(drawn.seed(), 5 + input, 0, i)) * 2 - 1;
        predicted += g[i] * direction[i];
        size += Math.abs(g[i] * direction[i]);
      }
      double h = 1e-6;
      double difference =
          (moved(at, input, direction, h, weights) - moved(at, input, direction, -h, weights))
              / (2 * h);
      assertThat(Math.abs(predicted - difference))
          .as(
              "along a direction of input %d: gradient %s, difference %s",
              input, predicted, difference)
          .isLessThan(2e-5 * Math.max(size, 1));
    }
  }

  private double moved(double[][] at, int input, double[] direction, double h, float[] weights) {
    double[][] moved = at.clone();
    moved[input] = at[input].clone();
    for (int i = 0; i < direction.length; i++) {
      moved[input][i] += h * direction[i];
    }
    double[] y = sample.reference().forward(moved);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += weights[i] * y[i];
    }
    return sum;
  }

  /** {@code <w, op(x) - op(0)> = <gradient, x>}. */
  void adjointWhereLinear() {
    if (!drawn.spec().linear()) {
      return;
    }
    OpPlay.Result result = new OpPlay(sample).run();
    float[] atZero = new OpPlay(sample.withZeroInput()).run().output();
    float[] weights = OpPlay.projection(result.output().length, 0);
    double left = 0;
    double size = 0;
    for (int i = 0; i < weights.length; i++) {
      left += (double) weights[i] * (result.output()[i] - (double) atZero[i]);
      size += Math.abs(weights[i]) * (Math.abs(result.output()[i]) + Math.abs(atZero[i]));
    }
    double right = 0;
    float[] x = sample.inputs().get(0).values();
    for (int i = 0; i < x.length; i++) {
      right += (double) x[i] * result.gradients().get(0)[i];
      size += Math.abs((double) x[i] * result.gradients().get(0)[i]);
    }
    assertThat(Math.abs(left - right))
        .as("<w, y> is %s, <gradient, x> is %s", left, right)
        .isLessThan(1e-5 * Math.max(size, 1));
  }

  void twinsHaveTheSameBits() {
    new OpPlay(sample)
        .kernels(Kernels.scalar())
        .run()
        .assertSameBits(new OpPlay(sample).run(), "vector kernels and scalar twins");
  }

  void teamsHaveTheSameBits(Workers... teams) {
    OpPlay.Result one = new OpPlay(sample).run();
    for (Workers team : teams) {
      one.assertSameBits(new OpPlay(sample).team(team).run(), team.threads() + " threads and one");
    }
  }

  void endedBuffersAreNotRead() {
    new OpPlay(sample)
        .run()
        .assertSameBits(new OpPlay(sample).poison().run(), "ended buffers filled with NaN");
  }

  /**
   * An op may add within its own sums, so what it adds is equal up to float32's rounding: that of
   * every step of a long sum, which cancellation can leave larger than the result's own.
   */
  void otherReadersAddTheirGradients() {
    OpPlay.Result alone = new OpPlay(sample).run();
    for (OpPlay.Others when : new OpPlay.Others[] {OpPlay.Others.BEFORE, OpPlay.Others.AFTER}) {
      OpPlay.Result both = new OpPlay(sample).others(when).run();
      for (int input = 0; input < alone.gradients().size(); input++) {
        float[] gradient = alone.gradients().get(input);
        float[] other = OpPlay.projection(gradient.length, input + 1);
        double largest = 1;
        for (float g : gradient) {
          largest = Math.max(largest, Math.abs(g));
        }
        for (int i = 0; i < gradient.length; i++) {
          double sum = (double) gradient[i] + other[i];
          assertThat(Math.abs(both.gradients().get(input)[i] - sum))
              .as(
                  "gradient of input %d, another reader recorded %s the op: element %d is %s,"
                      + " the sum %s",
                  input, when, i, both.gradients().get(input)[i], sum)
              .isLessThan(1e-5 * largest);
        }
      }
    }
  }

  void unwantedGradientsChangeNothing() {
    OpPlay.Result all = new OpPlay(sample).run();
    for (int input = 0; input < sample.inputs().size(); input++) {
      if (sample.inputs().get(input).differentiable()) {
        OpPlay.Result one = new OpPlay(sample).only(input).run();
        assertThat(OpPlay.Result.bits(one.gradients().get(input)))
            .as("gradient of input %d, when no other is wanted", input)
            .isEqualTo(OpPlay.Result.bits(all.gradients().get(input)));
      }
    }
  }

  void fusedHasTheBitsOfPlain() {
    new OpPlay(sample).run().assertSameBits(new OpPlay(sample).plain().run(), "fused and plain");
    for (boolean swish : new boolean[] {false, true}) {
      if (new OpPlay(sample).fitsAmongNorms()) {
        OpPlay.Result plain = new OpPlay(sample).amongNorms(swish).plain().run();
        new OpPlay(sample)
            .amongNorms(swish)
            .run()
            .assertSameBits(plain, "fused and plain between norms, hard swish " + swish);
      }
    }
  }

  /** Where the op can be recorded for more images at all. */
  void fewerImagesHaveTheBitsOfAProgramForFewer() {
    if (new OpPlay(sample).images() == 0) {
      return;
    }
    OpPlay.Result roomy;
    try {
      roomy = new OpPlay(sample).unused(2).run();
    } catch (IllegalArgumentException e) {
      return; // its options name the batch
    }
    new OpPlay(sample).run().assertSameBits(roomy, "room for two more images");
  }
}
