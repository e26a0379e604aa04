package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;

/** Convolutions of images and sequences, and transposed ones. */
final class ConvReferences implements ReferenceFamily {
  @Override
  public int cases() {
    return 57 + 4 + 7;
  }

  @Override
  public boolean covers(JsonObject spec) {
    return switch (spec.get("op").getAsString()) {
      case "conv2d", "conv1d", "conv_transpose2d" -> true;
      default -> false;
    };
  }

  @Override
  public Var record(ReferenceCase c, Tape tape) {
    Var x = c.in(tape, "input", true);
    Var w = c.in(tape, "weight", false);
    ConvOptions options = options(c);
    if (!c.flag("bias")) {
      return switch (c.op()) {
        case "conv2d" -> x.conv2d(w, options);
        case "conv1d" -> x.conv1d(w, options);
        default -> x.transposedConv2d(w, options);
      };
    }
    Var b = c.in(tape, "bias", false);
    return switch (c.op()) {
      case "conv2d" -> x.conv2d(w, b, options);
      case "conv1d" -> x.conv1d(w, b, options);
      default -> x.transposedConv2d(w, b, options);
    };
  }

  private static ConvOptions options(ReferenceCase c) {
    if (c.op().equals("conv1d")) {
      return ConvOptions.padded(Padding.of(c.number("padding")))
          .withStride(c.number("stride"))
          .withDilation(c.number("dilation"))
          .withGroups(c.number("groups"));
    }
    ConvOptions options =
        ConvOptions.padded(padding(c))
            .withStride(c.number("stride", 0), c.number("stride", 1))
            .withDilation(c.number("dilation", 0), c.number("dilation", 1))
            .withGroups(c.number("groups"));
    return c.options().has("output_padding")
        ? options.withOutputPadding(c.number("output_padding", 0), c.number("output_padding", 1))
        : options;
  }

  private static Padding padding(ReferenceCase c) {
    if (c.op().equals("conv_transpose2d")) {
      int rows = c.number("padding", 0);
      int columns = c.number("padding", 1);
      return Padding.of(rows, rows, columns, columns);
    }
    // cases that follow TensorFlow's rule also list what it gives: ours must find the same
    return c.options().has("padding_rule")
            && c.options().get("padding_rule").getAsString().equals("same")
        ? Padding.same()
        : Padding.of(
            c.number("padding", 0),
            c.number("padding", 1),
            c.number("padding", 2),
            c.number("padding", 3));
  }
}
