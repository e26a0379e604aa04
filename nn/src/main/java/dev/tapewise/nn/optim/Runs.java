package dev.tapewise.nn.optim;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.ParameterStore;
import java.util.Arrays;

/**
 * The parameter slab cut into chunks of one weight decay each: neighbours with the same decay are
 * merged, gaps included, and long runs are cut.
 */
final class Runs {
  /** 128 KiB of each of three slabs: some tens of microseconds, so a fork is worth it. */
  static final int CHUNK = 1 << 15;

  private int[] from = new int[16];
  private int[] to = new int[16];
  private float[] decay = new float[16];
  private int chunks;

  private Runs() {}

  static Runs of(ParameterStore parameters, Sgd sgd) {
    Runs runs = new Runs();
    int start = 0;
    int end = 0;
    float current = 0;
    for (Parameter p : parameters.trainable()) {
      float own = sgd.decayOf(p.role());
      if (end > start && own != current) {
        runs.cut(start, end, current);
        start = p.slabOffset();
      }
      current = own;
      end = p.slabOffset() + p.size();
    }
    runs.cut(start, end, current);
    return runs;
  }

  private void cut(int start, int end, float value) {
    for (int at = start; at < end; at += CHUNK) {
      if (chunks == from.length) {
        from = Arrays.copyOf(from, 2 * chunks);
        to = Arrays.copyOf(to, 2 * chunks);
        decay = Arrays.copyOf(decay, 2 * chunks);
      }
      from[chunks] = at;
      to[chunks] = Math.min(at + CHUNK, end);
      decay[chunks] = value;
      chunks++;
    }
  }

  int chunks() {
    return chunks;
  }

  int from(int chunk) {
    return from[chunk];
  }

  int to(int chunk) {
    return to[chunk];
  }

  float decay(int chunk) {
    return decay[chunk];
  }
}
