package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tapewise.core.geometry.ConvGeometry;
import org.junit.jupiter.api.Test;

/** Depthwise rows of the Vector API. */
final class VectorDepthwiseTest extends DepthwiseTwins {
  VectorDepthwiseTest() {
    super(null);
  }

  @Test
  void onlyDepthwiseGeometriesAreTaken() {
    ConvGeometry grouped = new ConvGeometry(4, 4, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 8);
    assertThrows(IllegalArgumentException.class, () -> new VectorDepthwise(grouped, null));
  }
}
