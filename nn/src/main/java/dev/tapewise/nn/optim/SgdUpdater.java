package dev.tapewise.nn.optim;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Slab;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Update;

/**
 * One pass of SGD over the parameter slab, in chunks whose bounds depend on the parameters alone.
 * Gaps between parameters hold zeros and stay zeros.
 */
final class SgdUpdater implements Updater, Task {
  private final Update kernel;
  private final Workers workers;
  private final Task[] tasks = {this};
  private final Runs runs;
  private final Slab values;
  private final Slab gradients;
  private final Slab velocity;
  private final float momentum;
  private final boolean nesterov;
  private float learningRate;

  SgdUpdater(Sgd sgd, ParameterStore parameters, Workers workers, Kernels kernels) {
    this.kernel = kernels.update();
    this.workers = workers;
    this.momentum = sgd.momentum();
    this.nesterov = sgd.isNesterov();
    this.runs = Runs.of(parameters, sgd);
    this.values = parameters.values(Role.WEIGHT);
    this.gradients = parameters.gradients();
    this.velocity = Slab.allocate(parameters.slabSize());
  }

  @Override
  public void update(float newRate) {
    learningRate = newRate;
    if (runs.chunks() > 0) {
      workers.play(tasks, 1, 1);
    }
  }

  @Override
  public ImmutableList<Slab> state() {
    return ImmutableList.of(velocity);
  }

  @Override
  public int chunks(int batch) {
    return runs.chunks();
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int from = runs.from(chunk);
    kernel.sgd(
        values.array(),
        values.base() + from,
        gradients.array(),
        gradients.base() + from,
        velocity.array(),
        velocity.base() + from,
        runs.to(chunk) - from,
        learningRate,
        momentum,
        runs.decay(chunk),
        nesterov);
  }
}
