package dev.tapewise.core.kernel;

/**
 * Fused multiply-adds in registers and nothing else, as many at a time as the processor can have
 * under way: what no kernel can exceed.
 *
 * <p>{@link #SUMS} sums are kept, sum s starting at s, and every round replaces each by {@code
 * fma(sum, factor, addend)}.
 */
public interface Peak {
  /** Two multiply-add units with a latency of 4 cycles need 8 sums; 12 leave 4 registers of 16. */
  int SUMS = 12;

  /** Multiply-adds of one round: a vector of sums holds each of them once per lane. */
  int multiplyAddsPerRound();

  /** Plays rounds and returns the total of all sums, added in their order. */
  float run(int rounds, float factor, float addend);
}
