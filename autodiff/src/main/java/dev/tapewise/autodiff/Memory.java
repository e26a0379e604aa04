package dev.tapewise.autodiff;

/**
 * What a program needs, in bytes, exact.
 *
 * @param arena values, gradients and workspace, by lifetime; shared by the programs of an arena
 * @param kept inputs and kept outputs
 * @param parameters values, gradients and buffers; shared by the programs of a model
 * @param scratch buffers of all threads of the team
 */
public record Memory(long arena, long kept, long parameters, long scratch) {

  static Memory of(Plan plan, ParameterStore parameters, int threads) {
    return new Memory(
        plan.arenaFloats() * Float.BYTES,
        plan.keptFloats() * Float.BYTES,
        parameters.bytes(),
        (long) threads * (plan.scratchFloats() + plan.scratchInts()) * Float.BYTES);
  }

  /** All of it. */
  public long total() {
    return arena + kept + parameters + scratch;
  }
}
