package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.core.geometry.Border;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ops that move data, and resized images. */
final class MoveReferences implements ReferenceFamily {
  private static final Set<String> OPS =
      Set.of(
          "cat",
          "pad",
          "channel_shuffle",
          "pixel_shuffle",
          "pixel_unshuffle",
          "upsample_nearest2d",
          "upsample_bilinear2d");

  @Override
  public int cases() {
    return 24;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return OPS.contains(spec.get("op").getAsString());
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    if (c.op().equals("cat")) {
      int axis = c.number("axis");
      List<Var> parts = new ArrayList<>();
      for (String role : List.of("a", "b", "c")) {
        if (c.has(role)) {
          parts.add(c.in(tape, role, axis != 0));
        }
      }
      return Var.concat(axis, parts);
    }
    Var x = c.in(tape, "input", true);
    return switch (c.op()) {
      case "pad" ->
          x.pad(
              c.number("padding", 0),
              c.number("padding", 1),
              c.number("padding", 2),
              c.number("padding", 3),
              border(c));
      case "channel_shuffle" -> x.channelShuffle(c.number("groups"));
      case "pixel_shuffle" -> x.pixelShuffle(c.number("factor"));
      case "pixel_unshuffle" -> x.pixelUnshuffle(c.number("factor"));
      case "upsample_nearest2d" -> x.resizeNearest(c.number("output", 0), c.number("output", 1));
      default ->
          x.resizeBilinear(c.number("output", 0), c.number("output", 1), c.flag("align_corners"));
    };
  }

  private static Border border(ReferenceCase c) {
    return switch (c.options().get("mode").getAsString()) {
      case "reflect" -> Border.reflect();
      case "replicate" -> Border.replicate();
      default -> Border.constant(c.real("value"));
    };
  }
}
