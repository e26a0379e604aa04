package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;

/** What two tensors that meet by broadcasting ask of the batch. */
final class WholeBatch {
  private WholeBatch() {}

  /** A tensor without a batch that has an entry for every image needs all images. */
  static void require(Binding binding, Operand a, Operand b) {
    if (a.batched() == b.batched()) {
      return;
    }
    Operand plain = a.batched() ? b : a;
    Operand other = a.batched() ? a : b;
    if (plain.shape().rank() == other.shape().rank() && plain.shape().axis(0) > 1) {
      binding.requireBatch(
          binding.capacity(),
          "a tensor without a batch whose axis 0 is the batch needs the whole batch");
    }
  }
}
