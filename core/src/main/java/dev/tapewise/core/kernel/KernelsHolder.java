package dev.tapewise.core.kernel;

import dev.tapewise.core.Machine;
import dev.tapewise.core.kernel.scalar.ScalarKernels;
import dev.tapewise.core.kernel.vector.VectorKernels;

/** Chooses the kernels of this process, once. */
final class KernelsHolder {
  static final Kernels SCALAR = new ScalarKernels();
  static final Kernels PREFERRED = Machine.vectorBits() > 0 ? VectorApi.kernels() : SCALAR;

  private KernelsHolder() {}

  /** A class of its own, so that a JVM without the Vector API never loads what needs it. */
  private static final class VectorApi {
    static Kernels kernels() {
      return new VectorKernels();
    }
  }
}
