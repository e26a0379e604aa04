package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Peak;

/** The rounds of {@link Peak} with one number per sum. */
final class ScalarPeak implements Peak {

  @Override
  public int multiplyAddsPerRound() {
    return SUMS;
  }

  @Override
  public float run(int rounds, float factor, float addend) {
    float s0 = 0;
    float s1 = 1;
    float s2 = 2;
    float s3 = 3;
    float s4 = 4;
    float s5 = 5;
    float s6 = 6;
    float s7 = 7;
    float s8 = 8;
    float s9 = 9;
    float s10 = 10;
    float s11 = 11;
    for (int i = 0; i < rounds; i++) {
      s0 = Math.fma(s0, factor, addend);
      s1 = Math.fma(s1, factor, addend);
      s2 = Math.fma(s2, factor, addend);
      s3 = Math.fma(s3, factor, addend);
      s4 = Math.fma(s4, factor, addend);
      s5 = Math.fma(s5, factor, addend);
      s6 = Math.fma(s6, factor, addend);
      s7 = Math.fma(s7, factor, addend);
      s8 = Math.fma(s8, factor, addend);
      s9 = Math.fma(s9, factor, addend);
      s10 = Math.fma(s10, factor, addend);
      s11 = Math.fma(s11, factor, addend);
    }
    return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
  }
}
