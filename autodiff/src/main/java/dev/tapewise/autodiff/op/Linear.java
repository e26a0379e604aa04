package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = x · w (+ bias)}: {@code [N, in]} with weights {@code [in, out]} and bias {@code
 * [out]}.
 */
public final class Linear implements Op {
  private final boolean bias;
  private @Nullable Shape weights;

  /** A linear layer with or without a bias. */
  public Linear(boolean bias) {
    this.bias = bias;
  }

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape w = inputs.get(1);
    if (x.rank() != 2 || w.rank() != 2 || x.axis(1) != w.axis(0)) {
      throw new IllegalArgumentException(
          "x must be [N, in] and the weights [in, out] with the same number of inputs");
    }
    if (bias && !inputs.get(2).equals(Shape.of(w.axis(1)))) {
      throw new IllegalArgumentException("the bias must be [" + w.axis(1) + "]");
    }
    weights = w;
    return Shape.of(x.axis(0), w.axis(1));
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return input < 2;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public long multiplyAdds() {
    return weights == null ? 0 : weights.size();
  }

  @Override
  public void forward(Binding binding) {
    tasks(binding).forward(binding, bias ? binding.input(2) : null);
  }

  @Override
  public void backward(Binding binding) {
    tasks(binding).backward(binding);
    GradientTarget db = bias ? binding.inputGradient(2) : null;
    if (db != null) {
      BiasGradient.bind(binding, db, 1, 1, binding.output().channels());
    }
  }

  private static PointwiseTasks tasks(Binding binding) {
    return new PointwiseTasks(1, 1, binding.input(0).channels(), binding.output().channels());
  }
}
