package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Dropout of whole channels of an image in training, nothing in evaluation, see {@link
 * dev.tapewise.autodiff.op.UnitDropout}.
 *
 * @param probability the share that is dropped, at least 0 and below 1
 */
public record ChannelDropout(float probability) implements Layer {

  /** Checks the probability. */
  public ChannelDropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the dropout probability must be at least 0 and below 1 but is "
              + probability
              + "; 0.2 is usual");
    }
  }

  @Override
  public Var apply(Var x) {
    return x.channelDropout(probability);
  }
}
