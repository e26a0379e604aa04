package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Peak;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The rounds of {@link Peak} with one vector per sum; all lanes of a sum are the same number. */
final class VectorPeak implements Peak {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public int multiplyAddsPerRound() {
    return SUMS * L;
  }

  @Override
  public float run(int rounds, float factor, float addend) {
    FloatVector f = FloatVector.broadcast(S, factor);
    FloatVector a = FloatVector.broadcast(S, addend);
    FloatVector s0 = FloatVector.broadcast(S, 0f);
    FloatVector s1 = FloatVector.broadcast(S, 1f);
    FloatVector s2 = FloatVector.broadcast(S, 2f);
    FloatVector s3 = FloatVector.broadcast(S, 3f);
    FloatVector s4 = FloatVector.broadcast(S, 4f);
    FloatVector s5 = FloatVector.broadcast(S, 5f);
    FloatVector s6 = FloatVector.broadcast(S, 6f);
    FloatVector s7 = FloatVector.broadcast(S, 7f);
    FloatVector s8 = FloatVector.broadcast(S, 8f);
    FloatVector s9 = FloatVector.broadcast(S, 9f);
    FloatVector s10 = FloatVector.broadcast(S, 10f);
    FloatVector s11 = FloatVector.broadcast(S, 11f);
    for (int i = 0; i < rounds; i++) {
      s0 = s0.fma(f, a);
      s1 = s1.fma(f, a);
      s2 = s2.fma(f, a);
      s3 = s3.fma(f, a);
      s4 = s4.fma(f, a);
      s5 = s5.fma(f, a);
      s6 = s6.fma(f, a);
      s7 = s7.fma(f, a);
      s8 = s8.fma(f, a);
      s9 = s9.fma(f, a);
      s10 = s10.fma(f, a);
      s11 = s11.fma(f, a);
    }
    return s0.add(s1)
        .add(s2)
        .add(s3)
        .add(s4)
        .add(s5)
        .add(s6)
        .add(s7)
        .add(s8)
        .add(s9)
        .add(s10)
        .add(s11)
        .lane(0);
  }
}
