package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** {@code y = x / divisor}, element by element. */
final class DividedTask implements Task {
  private final Operand shape;
  private final float[] y;
  private final int yOffset;
  private final float[] x;
  private final int xOffset;
  private final AxisSums.Divisor divisor;

  DividedTask(
      Operand shape, float[] y, int yOffset, float[] x, int xOffset, AxisSums.Divisor divisor) {
    this.shape = shape;
    this.y = y;
    this.yOffset = yOffset;
    this.x = x;
    this.xOffset = xOffset;
    this.divisor = divisor;
  }

  @Override
  public int chunks(int batch) {
    return Chunks.elements(shape.size(batch));
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int from = chunk * Chunks.ELEMENTS;
    int to = Math.min(from + Chunks.ELEMENTS, shape.size(batch));
    float by = divisor.of(batch);
    for (int i = from; i < to; i++) {
      y[yOffset + i] = x[xOffset + i] / by;
    }
  }
}
