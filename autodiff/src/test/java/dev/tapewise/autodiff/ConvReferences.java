package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.core.geometry.ConvGeometry;

/** Convolutions. */
final class ConvReferences implements ReferenceFamily {
  @Override
  public int cases() {
    return 57;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return spec.get("op").getAsString().equals("conv2d");
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    int[] x = c.shape("input");
    int[] w = c.shape("weight");
    ConvGeometry geometry =
        new ConvGeometry(
            x[1],
            x[2],
            x[3],
            w[0],
            w[2],
            w[3],
            c.number("stride", 0),
            c.number("stride", 1),
            c.number("dilation", 0),
            c.number("dilation", 1),
            c.number("padding", 0),
            c.number("padding", 1),
            c.number("padding", 2),
            c.number("padding", 3),
            c.number("groups"));
    Var input = c.in(tape, "input", true);
    Var weight = c.in(tape, "weight", false);
    return c.flag("bias")
        ? input.apply(new Conv2d(geometry, true), weight, c.in(tape, "bias", false))
        : input.apply(new Conv2d(geometry, false), weight);
  }
}
