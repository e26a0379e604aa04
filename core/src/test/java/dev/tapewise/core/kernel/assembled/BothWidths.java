package dev.tapewise.core.kernel.assembled;

import java.util.Optional;
import net.jqwik.api.Assume;

/** The assembled kernels of either width, once per JVM, where this machine has them. */
final class BothWidths {
  private static final Optional<AssembledKernels> NARROW =
      AssembledKernels.ifSupported(Avx2Assembler.LANES);
  private static final Optional<AssembledKernels> WIDE =
      AssembledKernels.ifSupported(Avx512Assembler.LANES);

  private BothWidths() {}

  static int lanes(boolean wide) {
    return wide ? Avx512Assembler.LANES : Avx2Assembler.LANES;
  }

  /** Leaves out a case that this machine cannot run. */
  static AssembledKernels kernels(boolean wide) {
    Optional<AssembledKernels> kernels = wide ? WIDE : NARROW;
    Assume.that(kernels.isPresent());
    return kernels.orElseThrow();
  }
}
