package dev.tapewise.core.kernel.vector;

/** Products by tiles of the Vector API. */
final class VectorPointwiseTest extends PointwiseTwins {
  VectorPointwiseTest() {
    super(new VectorPointwise());
  }
}
