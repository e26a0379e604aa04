package dev.tapewise.autodiff;

import dev.tapewise.core.Shape;
import java.util.List;

/**
 * One differentiable operation: its shape rule, what its backward pass reads, and how both passes
 * are bound to memory. Tapewise's own ops and a user's are written with this interface alike.
 *
 * <p>Nothing is computed here: {@link #forward} and {@link #backward} run once, when a program is
 * compiled, and hand preallocated {@link dev.tapewise.core.Task}s to the binding. They may be
 * called more than once (first to measure, then with memory in place) and must then ask for the
 * same buffers in the same order.
 */
public interface Op {

  /** The op's name in descriptions and errors, such as {@code conv2d}. */
  String name();

  /**
   * The shape of the result.
   *
   * @param inputs the shapes of the inputs; axis 0 of a batched one is the batch
   * @throws IllegalArgumentException if the inputs do not fit, naming the rule, the values and the
   *     cure
   */
  Shape shape(List<Shape> inputs);

  /**
   * Checks what shapes alone do not say, such as which inputs have the batch as their axis 0.
   *
   * @throws IllegalArgumentException if the inputs do not fit, naming the rule, the values and the
   *     cure
   */
  default void check(List<Var> inputs) {}

  /** Whether the result has the batch as its axis 0, given that an input has; false for losses. */
  default boolean keepsBatch() {
    return true;
  }

  /** Whether there is a gradient with respect to input {@code input}; false for class indices. */
  default boolean differentiable(int input) {
    return true;
  }

  /** Whether the backward pass reads the value of input {@code input}. */
  default boolean backwardReadsInput(int input) {
    return true;
  }

  /** Whether the backward pass reads the value of the output. */
  default boolean backwardReadsOutput() {
    return true;
  }

  /** Whether both passes can read input {@code input} through scale, shift and activation. */
  default boolean acceptsReading(int input) {
    return false;
  }

  /**
   * Whether the backward pass can read the output's gradient through an activation and a batch
   * norm.
   */
  default boolean acceptsGradientReading() {
    return false;
  }

  /**
   * Whether the forward pass can gather the statistics of its output, see {@link
   * Binding#statistics}.
   */
  default boolean gathersStatistics() {
    return false;
  }

  /**
   * Whether the backward pass can gather sums of an input gradient, see {@link
   * Binding#gradientSums}.
   */
  default boolean gathersGradientSums(int input) {
    return false;
  }

  /**
   * Whether the gradient of input {@code input}, where its shape is the output's, is the output's
   * gradient as it is. The compiler may then let both share a place, and {@link
   * Binding#inputGradient} is null.
   */
  default boolean passesGradient(int input) {
    return false;
  }

  /**
   * Whether the backward pass can add to the gradient of input {@code input}; otherwise the
   * compiler adds.
   */
  default boolean addsGradient(int input) {
    return false;
  }

  /**
   * Whether the forward pass takes little more than reading the inputs and writing the output. The
   * compiler may then run it again in the backward pass instead of keeping the output, so a second
   * run must give the same bits and change nothing else.
   */
  default boolean cheapToRepeat() {
    return false;
  }

  /**
   * Multiply-adds of one image (of the whole where there is no batch), 0 for everything but
   * products.
   */
  default long multiplyAdds() {
    return 0;
  }

  /** Binds the forward pass. */
  void forward(Binding binding);

  /** Binds the backward pass. */
  void backward(Binding binding);
}
