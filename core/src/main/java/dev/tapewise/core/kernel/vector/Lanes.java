package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Machine;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector width of this process. Kernels copy its constants into {@code static final} fields
 * of their own: C2 boxes vectors whose species is not a constant of the class.
 */
final class Lanes {
  static final VectorSpecies<Float> SPECIES = species(Machine.vectorBits());
  static final int COUNT = SPECIES.length();

  /** Doubles of a vector. */
  static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, SPECIES.vectorShape());

  /** As many floats, of half a vector. */
  static final VectorSpecies<Float> FLOATS_OF_DOUBLES =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

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
