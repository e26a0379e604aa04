package dev.tapewise.autodiff;

/**
 * A norm with one scale and shift per channel, which the compiler may turn into a way of reading
 * its input.
 */
public interface NormOp extends Op {

  /** Vectors per channel in {@link NormForm#coefficients}. */
  int COEFFICIENT_VECTORS = 6;

  /** Whether the forward pass needs the statistics of its input. */
  boolean needsStatistics();

  /** Binds the forward pass in this form. */
  void forward(Binding binding, NormForm form);

  /**
   * Binds what of the forward pass runs again in a backward pass that keeps less: the output, where
   * it is written, from the coefficients that are there. Statistics and running values stay.
   */
  void again(Binding binding, NormForm form);

  /** Binds the backward pass in this form. */
  void backward(Binding binding, NormForm form);

  @Override
  default void forward(Binding binding) {
    throw new IllegalStateException(name() + " is bound with a form");
  }

  @Override
  default void backward(Binding binding) {
    throw new IllegalStateException(name() + " is bound with a form");
  }
}
