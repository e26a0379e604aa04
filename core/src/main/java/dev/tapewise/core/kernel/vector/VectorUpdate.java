package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Update;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Update} with consecutive parameters as lanes and the last few one by one. */
final class VectorUpdate implements Update {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void sgd(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      int count,
      float rate,
      float momentum,
      float decay,
      boolean nesterov) {
    if (nesterov) {
      nesterov(w, wOffset, g, gOffset, v, vOffset, count, rate, momentum, decay);
    } else {
      plain(w, wOffset, g, gOffset, v, vOffset, count, rate, momentum, decay);
    }
  }

  private static void plain(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      int count,
      float rate,
      float momentum,
      float decay) {
    FloatVector down = FloatVector.broadcast(S, -rate);
    FloatVector keep = FloatVector.broadcast(S, momentum);
    FloatVector pull = FloatVector.broadcast(S, decay);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector weight = FloatVector.fromArray(S, w, wOffset + i);
      FloatVector d = weight.fma(pull, FloatVector.fromArray(S, g, gOffset + i));
      FloatVector velocity = FloatVector.fromArray(S, v, vOffset + i).fma(keep, d);
      velocity.intoArray(v, vOffset + i);
      velocity.fma(down, weight).intoArray(w, wOffset + i);
    }
    for (; i < count; i++) {
      float weight = w[wOffset + i];
      float d = Math.fma(weight, decay, g[gOffset + i]);
      float velocity = Math.fma(v[vOffset + i], momentum, d);
      v[vOffset + i] = velocity;
      w[wOffset + i] = Math.fma(velocity, -rate, weight);
    }
  }

  private static void nesterov(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      int count,
      float rate,
      float momentum,
      float decay) {
    FloatVector down = FloatVector.broadcast(S, -rate);
    FloatVector keep = FloatVector.broadcast(S, momentum);
    FloatVector pull = FloatVector.broadcast(S, decay);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector weight = FloatVector.fromArray(S, w, wOffset + i);
      FloatVector d = weight.fma(pull, FloatVector.fromArray(S, g, gOffset + i));
      FloatVector velocity = FloatVector.fromArray(S, v, vOffset + i).fma(keep, d);
      velocity.intoArray(v, vOffset + i);
      velocity.fma(keep, d).fma(down, weight).intoArray(w, wOffset + i);
    }
    for (; i < count; i++) {
      float weight = w[wOffset + i];
      float d = Math.fma(weight, decay, g[gOffset + i]);
      float velocity = Math.fma(v[vOffset + i], momentum, d);
      v[vOffset + i] = velocity;
      w[wOffset + i] = Math.fma(Math.fma(velocity, momentum, d), -rate, weight);
    }
  }
}
