package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Machine;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector width of this process. Kernels copy the species and its length into {@code static
 * final} fields of their own: C2 boxes vectors whose species is not a constant of the class.
 */
final class Lanes {
  static final VectorSpecies<Float> SPECIES = species(Machine.vectorBits());
  static final int COUNT = SPECIES.length();

  /** Floats of a cache line. */
  static final int LINE = 16;

  private Lanes() {}

  private static VectorSpecies<Float> species(int bits) {
    return switch (bits) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default -> throw new IllegalStateException("no vector kernels for " + bits + " bits");
    };
  }
}
