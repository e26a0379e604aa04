package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import java.util.Arrays;

/** Clears the gradient of a parameter that the loss does not depend on. */
final class ZeroGradient implements Task {
  private final Parameter parameter;

  ZeroGradient(Parameter parameter) {
    this.parameter = parameter;
  }

  @Override
  public int chunks(int batch) {
    return 1;
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int from = parameter.gradientOffset();
    Arrays.fill(parameter.gradients(), from, from + parameter.size(), 0f);
  }
}
