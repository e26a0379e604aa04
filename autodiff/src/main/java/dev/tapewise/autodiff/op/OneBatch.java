package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;

/** The rule for losses of two tensors of which one has no batch. */
final class OneBatch {
  private OneBatch() {}

  /** Where only one of them has a batch, it must be played whole. */
  static void require(Binding binding, Operand x, Operand other) {
    if (x.batched() != other.batched()) {
      binding.requireBatch(
          binding.capacity(), "a tensor without a batch has a loss with a whole batch only");
    }
  }
}
