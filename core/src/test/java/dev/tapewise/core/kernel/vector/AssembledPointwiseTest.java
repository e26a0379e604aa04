package dev.tapewise.core.kernel.vector;

/** Products by assembled tiles, where this machine has them. */
final class AssembledPointwiseTest extends PointwiseTwins {
  AssembledPointwiseTest() {
    super(new VectorKernels().pointwise());
  }
}
