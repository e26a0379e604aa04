package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.geometry.PoolWindows;

/**
 * What a pool does to shapes: windows by options, a number of adaptive bins, or one window.
 *
 * @param name the pool's name
 * @param rule gives the geometry of an image
 * @param flat whether the result drops the two spatial axes
 */
record PoolShapes(String name, Rule rule, boolean flat) {

  /** From the axes of an image to the windows over it. */
  @FunctionalInterface
  interface Rule {
    PoolGeometry over(int height, int width, int channels);
  }

  static PoolShapes windows(String name, PoolWindows windows) {
    return new PoolShapes(name, windows::over, false);
  }

  static PoolShapes adaptive(String name, int outHeight, int outWidth) {
    return new PoolShapes(
        name, (h, w, c) -> PoolGeometry.adaptive(h, w, c, outHeight, outWidth), false);
  }

  static PoolShapes global(String name) {
    return new PoolShapes(name, PoolGeometry::global, true);
  }

  PoolGeometry geometry(Shape x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(name + " needs images [N, H, W, C]");
    }
    return rule.over(x.axis(1), x.axis(2), x.axis(3));
  }

  Shape output(Shape x) {
    PoolGeometry g = geometry(x);
    return flat
        ? Shape.of(x.axis(0), g.outSize())
        : Shape.of(x.axis(0), g.outHeight(), g.outWidth(), g.channels());
  }
}
