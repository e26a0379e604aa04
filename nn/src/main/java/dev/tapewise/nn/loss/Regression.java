package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.RegressionLoss;

/**
 * The mean of a loss of the difference between predictions and targets of the same shape, see
 * {@link RegressionLoss}. A trainer has class indices and no such targets: this is for programs
 * recorded by hand.
 *
 * @param op the loss
 */
public record Regression(RegressionLoss op) implements Loss {

  /** Mean squared error. */
  public static Regression squared() {
    return new Regression(RegressionLoss.squared());
  }

  /** Mean absolute error, L1. */
  public static Regression absolute() {
    return new Regression(RegressionLoss.absolute());
  }

  /** Huber's loss: quadratic up to delta, straight beyond. */
  public static Regression huber(float delta) {
    return new Regression(RegressionLoss.huber(delta));
  }

  /** Smooth L1: quadratic up to beta, slope 1 beyond. */
  public static Regression smoothAbsolute(float beta) {
    return new Regression(RegressionLoss.smoothAbsolute(beta));
  }

  @Override
  public Var record(Var predictions, Var targets) {
    return predictions.apply(op, targets);
  }
}
