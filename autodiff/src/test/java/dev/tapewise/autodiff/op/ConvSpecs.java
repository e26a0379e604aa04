package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.ArrayList;
import java.util.List;

/** How to draw convolutions, with all their options. */
final class ConvSpecs {
  private ConvSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(Conv2d.class, "pointwise conv2d", true, ConvSpecs::pointwise),
        new OpSpecs.Spec(Conv2d.class, "depthwise conv2d", true, d -> depthwise(d, 1)),
        new OpSpecs.Spec(
            Conv2d.class,
            "depthwise conv2d with multiplier",
            true,
            d -> depthwise(d, d.between(2, 3))),
        new OpSpecs.Spec(Conv2d.class, "grouped conv2d", true, d -> conv(d, Channels.grouped(d))),
        new OpSpecs.Spec(Conv2d.class, "dense conv2d", true, d -> conv(d, Channels.dense(d))),
        new OpSpecs.Spec(Conv1d.class, "conv1d", true, ConvSpecs::conv1d),
        new OpSpecs.Spec(TransposedConv2d.class, "transposed conv2d", true, ConvSpecs::transposed));
  }

  /** Input and output channels in groups. */
  private record Channels(int in, int out, int groups) {
    static Channels dense(Draw d) {
      return new Channels(d.channels(), d.channels(), 1);
    }

    /** Groups of few channels and of many, which have kernels of their own. */
    static Channels grouped(Draw d) {
      int groups = d.between(2, 4);
      return new Channels(
          groups * d.oneOf(1, 2, 3, 5, 8, 11), groups * d.oneOf(1, 2, 3, 4, 7, 12), groups);
    }

    static Channels any(Draw d) {
      int c = d.channels();
      return switch (d.between(0, 2)) {
        case 0 -> dense(d);
        case 1 -> grouped(d);
        default -> new Channels(c, c * d.between(1, 2), c);
      };
    }
  }

  /** One axis of an image and of a window over it. */
  private record Axis(int size, int kernel, int stride, int dilation, int before, int after) {
    static Axis of(Draw d, int size, int kernel, int stride, int dilation) {
      int before = d.between(0, 3);
      // a window must fit: widen the padding where it does not
      int missing = (kernel - 1) * dilation + 1 - size - before;
      return new Axis(size, kernel, stride, dilation, before, Math.max(d.between(0, 2), missing));
    }
  }

  private static ConvOptions options(Draw d, Axis v, Axis h, int groups) {
    Padding padding =
        d.between(0, 3) == 0
            ? Padding.same()
            : Padding.of(v.before(), v.after(), h.before(), h.after());
    return ConvOptions.padded(padding)
        .withStride(v.stride(), h.stride())
        .withDilation(v.dilation(), h.dilation())
        .withGroups(groups);
  }

  private static Axis vertical(Draw d) {
    return Axis.of(
        d,
        d.oneOf(1, 2, 3, 5, 7, 9),
        d.oneOf(1, 2, 3, 3, 3, 5),
        d.oneOf(1, 1, 2, 3),
        d.oneOf(1, 1, 2, 3));
  }

  /** An axis often, but not always, like the vertical one. */
  private static Axis horizontal(Draw d, Axis v) {
    return Axis.of(
        d,
        d.oneOf(1, 3, 4, 6, 8, 11),
        d.oneOf(v.kernel(), v.kernel(), 1, 3),
        d.oneOf(v.stride(), v.stride(), 1, 2),
        d.oneOf(v.dilation(), v.dilation(), 1, 2));
  }

  private static List<OpSample.Input> inputs(
      Draw d, Shape x, Shape weight, int outChannels, boolean bias) {
    List<OpSample.Input> inputs = new ArrayList<>();
    inputs.add(d.batched(x));
    inputs.add(d.constant(weight));
    if (bias) {
      inputs.add(d.constant(Shape.of(outChannels)));
    }
    return inputs;
  }

  private static OpSample conv(Draw d, Channels c) {
    Axis v = vertical(d);
    Axis h = horizontal(d, v);
    ConvOptions options = options(d, v, h, c.groups());
    ConvGeometry g =
        options.convolution(v.size(), h.size(), c.in(), c.out(), v.kernel(), h.kernel());
    int batch = d.between(1, 3);
    boolean bias = d.flag();
    return new OpSample(
        "batch " + batch + " bias " + bias + " " + g,
        inputs(
            d,
            Shape.of(batch, v.size(), h.size(), c.in()),
            Shape.of(v.kernel(), h.kernel(), g.inPerGroup(), c.out()),
            c.out(),
            bias),
        (tape, in) ->
            bias
                ? in.get(0).conv2d(in.get(1), in.get(2), options)
                : in.get(0).conv2d(in.get(1), options),
        in -> NaiveConv.forward(in[0], in[1], bias ? in[2] : null, g, batch));
  }

  private static OpSample depthwise(Draw d, int multiplier) {
    int channels = d.channels();
    int out = channels * multiplier;
    Axis v = vertical(d);
    Axis h = horizontal(d, v);
    ConvOptions options = options(d, v, h, 1);
    ConvGeometry g =
        options
            .withGroups(channels)
            .convolution(v.size(), h.size(), channels, out, v.kernel(), h.kernel());
    int batch = d.between(1, 3);
    boolean bias = d.flag();
    return new OpSample(
        "depthwise batch " + batch + " bias " + bias + " " + g,
        inputs(
            d,
            Shape.of(batch, v.size(), h.size(), channels),
            Shape.of(v.kernel(), h.kernel(), channels, multiplier),
            out,
            bias),
        (tape, in) ->
            bias
                ? in.get(0).depthwiseConv2d(in.get(1), in.get(2), options)
                : in.get(0).depthwiseConv2d(in.get(1), options),
        in -> NaiveConv.forward(in[0], in[1], bias ? in[2] : null, g, batch));
  }

  private static OpSample pointwise(Draw d) {
    int in = d.oneOf(1, 3, 8, 17, 40, 300);
    int out = d.channels();
    // several bands of pixels now and then
    int h = d.oneOf(1, 3, 7, 17);
    int w = d.oneOf(1, 3, 7);
    int batch = d.between(1, 3);
    ConvGeometry g = ConvOptions.valid().convolution(h, w, in, out, 1, 1);
    return new OpSample(
        "batch " + batch + " " + g,
        inputs(d, Shape.of(batch, h, w, in), Shape.of(1, 1, in, out), out, false),
        (tape, v) -> v.get(0).conv2d(v.get(1), Padding.valid()),
        v -> NaiveConv.forward(v[0], v[1], null, g, batch));
  }

  private static OpSample conv1d(Draw d) {
    Channels c = Channels.any(d);
    int length = d.oneOf(1, 2, 7, 12, 40);
    Axis axis = Axis.of(d, length, d.oneOf(1, 2, 3, 7), d.oneOf(1, 1, 2, 3), d.oneOf(1, 1, 2, 3));
    ConvOptions options = options(d, axis, axis, c.groups());
    ConvGeometry g = options.convolution1d(length, c.in(), c.out(), axis.kernel());
    int batch = d.between(1, 3);
    boolean bias = d.flag();
    return new OpSample(
        "conv1d batch " + batch + " bias " + bias + " " + g,
        inputs(
            d,
            Shape.of(batch, length, c.in()),
            Shape.of(axis.kernel(), g.inPerGroup(), c.out()),
            c.out(),
            bias),
        (tape, in) ->
            bias
                ? in.get(0).conv1d(in.get(1), in.get(2), options)
                : in.get(0).conv1d(in.get(1), options),
        in -> NaiveConv.forward(in[0], in[1], bias ? in[2] : null, g, batch));
  }

  private static OpSample transposed(Draw d) {
    Channels c = Channels.any(d);
    Axis v = vertical(d);
    Axis h = horizontal(d, v);
    ConvOptions options =
        d.between(0, 3) == 0
            ? options(d, v, h, c.groups()).withPadding(Padding.same())
            : options(d, v, h, c.groups())
                .withPadding(spread(d, v, h))
                .withOutputPadding(d.between(0, v.stride() - 1), d.between(0, h.stride() - 1));
    ConvGeometry turned =
        options.transposed(v.size(), h.size(), c.in(), c.out(), v.kernel(), h.kernel());
    int batch = d.between(1, 3);
    boolean bias = d.flag();
    return new OpSample(
        "transposed batch " + batch + " bias " + bias + " turns round " + turned,
        inputs(
            d,
            Shape.of(batch, v.size(), h.size(), c.in()),
            Shape.of(v.kernel(), h.kernel(), turned.inPerGroup(), c.in()),
            c.out(),
            bias),
        (tape, in) ->
            bias
                ? in.get(0).transposedConv2d(in.get(1), in.get(2), options)
                : in.get(0).transposedConv2d(in.get(1), options),
        in -> NaiveConv.transposed(in[0], in[1], bias ? in[2] : null, turned, batch));
  }

  /** A padding that leaves at least one row and one column of a transposed convolution. */
  private static Padding spread(Draw d, Axis v, Axis h) {
    int rows = (v.size() - 1) * v.stride() + (v.kernel() - 1) * v.dilation();
    int columns = (h.size() - 1) * h.stride() + (h.kernel() - 1) * h.dilation();
    int top = d.between(0, Math.min(3, rows));
    int left = d.between(0, Math.min(3, columns));
    return Padding.of(
        top,
        d.between(0, Math.min(2, rows - top)),
        left,
        d.between(0, Math.min(2, columns - left)));
  }
}
