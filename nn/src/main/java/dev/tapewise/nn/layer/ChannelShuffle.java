package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Channels of groups alternating (Zhang et al. 2018), as ShuffleNet has them between grouped
 * convolutions; the shape stays.
 *
 * @param groups a divisor of the channels
 */
public record ChannelShuffle(int groups) implements Layer {

  @Override
  public Var apply(Var x) {
    return x.channelShuffle(groups);
  }
}
