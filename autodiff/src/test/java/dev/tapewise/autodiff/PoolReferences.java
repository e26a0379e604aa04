package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;

/** All pools. */
final class PoolReferences implements ReferenceFamily {
  @Override
  public int cases() {
    // 6 average, 5 adaptive average, 7 max, 2 global
    return 20;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "avg_pool2d",
          "adaptive_avg_pool2d",
          "max_pool2d",
          "global_avg_pool",
          "global_max_pool" ->
          true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    return switch (c.op()) {
      case "avg_pool2d" -> x.averagePool(windows(c), c.flag("count_include_pad"));
      case "max_pool2d" ->
          x.maxPool(windows(c).withDilation(c.number("dilation", 0), c.number("dilation", 1)));
      case "adaptive_avg_pool2d" ->
          x.adaptiveAveragePool(c.number("output", 0), c.number("output", 1));
      case "global_avg_pool" -> x.globalAveragePool();
      case "global_max_pool" -> x.globalMaxPool();
      default -> throw new IllegalStateException(c.op());
    };
  }

  private static PoolWindows windows(ReferenceCase c) {
    int v = c.number("padding", 0);
    int h = c.number("padding", 1);
    PoolWindows windows =
        PoolWindows.of(c.number("kernel", 0), c.number("kernel", 1))
            .withStride(c.number("stride", 0), c.number("stride", 1))
            .withPadding(Padding.of(v, v, h, h));
    return c.flag("ceil_mode") ? windows.withCeilMode() : windows;
  }
}
