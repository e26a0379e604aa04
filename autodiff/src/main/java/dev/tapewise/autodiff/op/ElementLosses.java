package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/**
 * The sums of an element-by-element loss: one per chunk of {@link Chunks#ELEMENTS}, in order in
 * double precision, then all chunks in order.
 */
final class ElementLosses {
  private final double[] sums;

  ElementLosses(Binding binding) {
    sums = new double[Chunks.elements(binding.input(0).size(binding.capacity()))];
  }

  /** Takes the sum of the chunk that starts at element {@code from}. */
  void put(int from, double sum) {
    sums[from / Chunks.ELEMENTS] = sum;
  }

  /** Hands in the task that adds the sums. */
  void reduce(Binding binding, boolean mean) {
    Operand x = binding.input(0);
    Operand loss = binding.output();
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            int size = x.size(batch);
            int parts = Chunks.elements(size);
            double sum = 0;
            for (int i = 0; i < parts; i++) {
              sum += sums[i];
            }
            loss.data()[loss.offset()] = (float) (mean ? sum / size : sum);
          }
        });
  }
}
