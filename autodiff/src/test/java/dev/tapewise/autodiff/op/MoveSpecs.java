package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Border;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How to draw cases of the ops that move data or resize images. */
final class MoveSpecs {
  private MoveSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(Concat.class, "concat", false, MoveSpecs::concat),
        new OpSpecs.Spec(Pad.class, "slice", true, MoveSpecs::slice),
        new OpSpecs.Spec(Pad.class, "split", true, MoveSpecs::split),
        new OpSpecs.Spec(Pad.class, "pad with zeros", true, d -> pad(d, Border.zeros())),
        new OpSpecs.Spec(Pad.class, "pad with a value", false, d -> pad(d, Border.constant(1.5f))),
        new OpSpecs.Spec(Pad.class, "pad by reflection", true, d -> pad(d, Border.reflect())),
        new OpSpecs.Spec(Pad.class, "pad by replication", true, d -> pad(d, Border.replicate())),
        new OpSpecs.Spec(Permute.class, "permute", true, MoveSpecs::permute),
        new OpSpecs.Spec(Permute.class, "channel shuffle", true, MoveSpecs::channelShuffle),
        new OpSpecs.Spec(Permute.class, "pixel shuffle", true, MoveSpecs::pixelShuffle),
        new OpSpecs.Spec(Permute.class, "pixel unshuffle", true, MoveSpecs::pixelUnshuffle),
        new OpSpecs.Spec(Resize.class, "resize nearest", true, d -> resize(d, true, false)),
        new OpSpecs.Spec(Resize.class, "resize bilinear", true, d -> resize(d, false, false)),
        new OpSpecs.Spec(
            Resize.class, "resize bilinear, corners aligned", true, d -> resize(d, false, true)));
  }

  /** Two to five axes, the last one of channels. */
  private static Shape shape(Draw d) {
    int[] axes = new int[d.between(2, 5)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = d.oneOf(1, 2, 3, 4, 5);
    }
    axes[axes.length - 1] = d.channels();
    return Shape.of(axes);
  }

  private static OpSample.Input input(Draw d, boolean batched, Shape shape) {
    return batched ? d.batched(shape) : d.constant(shape);
  }

  private static OpSample concat(Draw d) {
    Shape first = shape(d);
    boolean batched = d.flag();
    int axis = d.between(batched ? 1 : 0, first.rank() - 1);
    int parts = d.between(1, 4);
    Shape[] shapes = new Shape[parts];
    List<OpSample.Input> inputs = new ArrayList<>();
    int length = 0;
    for (int i = 0; i < parts; i++) {
      shapes[i] = with(first, axis, d.oneOf(1, 2, 3, 16, 17));
      inputs.add(input(d, batched && (i == 0 || d.flag()), shapes[i]));
      length += shapes[i].axis(axis);
    }
    Shape y = with(first, axis, length);
    int named = d.flag() ? axis : axis - first.rank();
    return new OpSample(
        "concat %s along %d%s".formatted(Arrays.toString(shapes), named, batched ? "" : " whole"),
        inputs,
        (tape, v) -> Var.concat(named, v),
        x -> NaiveMoves.concat(x, shapes, y, axis));
  }

  private static Shape with(Shape shape, int axis, int size) {
    int[] sizes = Axes.sizes(shape);
    sizes[Axes.at(shape, axis)] = size;
    return Shape.of(sizes);
  }

  private static OpSample slice(Draw d) {
    Shape x = shape(d);
    boolean batched = d.flag();
    int[] start = new int[x.rank()];
    int[] length = Axes.sizes(x);
    for (int i = batched ? 1 : 0; i < start.length; i++) {
      if (d.flag()) {
        start[i] = d.between(0, x.axis(i) - 1);
        length[i] = d.between(1, x.axis(i) - start[i]);
      }
    }
    int[] before = IntStream.of(start).map(s -> -s).toArray();
    return new OpSample(
        "slice %s from %s, %s%s"
            .formatted(x, Arrays.toString(start), Arrays.toString(length), batched ? "" : " whole"),
        List.of(input(d, batched, x)),
        (tape, v) -> v.get(0).slice(start, length),
        v -> NaiveMoves.pad(v[0], x, Shape.of(length), before, Border.zeros()));
  }

  /** The parts in reverse order: the gradients of all of them meet in x. */
  private static OpSample split(Draw d) {
    Shape x = Shape.of(d.between(1, 3), d.between(3, 20), d.channels());
    int one = d.between(1, x.axis(1) - 2);
    int two = d.between(1, x.axis(1) - 1 - one);
    int three = x.axis(1) - one - two;
    return new OpSample(
        "split %s into %d, %d, %d".formatted(x, one, two, three),
        List.of(d.batched(x)),
        (tape, v) -> Var.concat(1, v.get(0).split(1, one, two, three).reversed()),
        v ->
            NaiveMoves.fill(
                x,
                i -> {
                  int at =
                      i[1] < three
                          ? one + two + i[1]
                          : i[1] < three + two ? one + i[1] - three : i[1] - three - two;
                  return NaiveMoves.at(v[0], x, i[0], at, i[2]);
                }));
  }

  private static OpSample pad(Draw d, Border border) {
    Shape x = shape(d);
    boolean batched = d.flag();
    int[] before = new int[x.rank()];
    int[] after = new int[x.rank()];
    int[] sizes = Axes.sizes(x);
    for (int i = batched ? 1 : 0; i < sizes.length; i++) {
      int most = border instanceof Border.Reflect ? sizes[i] - 1 : 3;
      before[i] = d.oneOf(0, d.between(0, Math.min(most, 3)), -d.between(0, (sizes[i] - 1) / 2));
      after[i] = d.oneOf(0, d.between(0, Math.min(most, 3)), -d.between(0, (sizes[i] - 1) / 2));
      sizes[i] += before[i] + after[i];
    }
    return new OpSample(
        "pad %s by %s and %s with %s%s"
            .formatted(
                x,
                Arrays.toString(before),
                Arrays.toString(after),
                border,
                batched ? "" : " whole"),
        List.of(input(d, batched, x)),
        (tape, v) -> v.get(0).pad(before, after, border),
        v -> NaiveMoves.pad(v[0], x, Shape.of(sizes), before, border));
  }

  private static OpSample permute(Draw d) {
    Shape x = shape(d);
    boolean batched = d.flag();
    int first = batched ? 1 : 0;
    int[] order = IntStream.range(0, x.rank()).toArray();
    for (int i = order.length - 1; i > first; i--) {
      int j = d.between(first, i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    Shape y = Shape.of(IntStream.of(order).map(x::axis).toArray());
    return new OpSample(
        "permute %s by %s%s".formatted(x, Arrays.toString(order), batched ? "" : " whole"),
        List.of(input(d, batched, x)),
        (tape, v) -> v.get(0).permute(order),
        v -> NaiveMoves.permute(v[0], x, y, order));
  }

  private static OpSample channelShuffle(Draw d) {
    int groups = d.between(1, 5);
    Shape x = with(shape(d), -1, groups * d.oneOf(1, 2, 3, 8, 17));
    return new OpSample(
        "channel shuffle %s groups %d".formatted(x, groups),
        List.of(d.batched(x)),
        (tape, v) -> v.get(0).channelShuffle(groups),
        v -> NaiveMoves.channelShuffle(v[0], x, groups));
  }

  private static OpSample pixelShuffle(Draw d) {
    int f = d.between(1, 3);
    int n = d.between(1, 3);
    int h = d.between(1, 4);
    int w = d.between(1, 5);
    int c = d.oneOf(1, 2, 3, 16, 17);
    Shape x = Shape.of(n, h, w, c * f * f);
    return new OpSample(
        "pixel shuffle %s factor %d".formatted(x, f),
        List.of(d.batched(x)),
        (tape, v) -> v.get(0).pixelShuffle(f),
        v -> NaiveMoves.pixelShuffle(v[0], x, Shape.of(n, h * f, w * f, c), f));
  }

  private static OpSample pixelUnshuffle(Draw d) {
    int f = d.between(1, 3);
    int n = d.between(1, 3);
    int h = d.between(1, 4);
    int w = d.between(1, 5);
    int c = d.oneOf(1, 2, 3, 16, 17);
    Shape x = Shape.of(n, h * f, w * f, c);
    return new OpSample(
        "pixel unshuffle %s factor %d".formatted(x, f),
        List.of(d.batched(x)),
        (tape, v) -> v.get(0).pixelUnshuffle(f),
        v -> NaiveMoves.pixelUnshuffle(v[0], x, Shape.of(n, h, w, c * f * f), f));
  }

  private static OpSample resize(Draw d, boolean nearest, boolean align) {
    int n = d.between(1, 3);
    int c = d.channels();
    int h = d.between(1, 7);
    int w = d.between(1, 7);
    Shape x = Shape.of(n, h, w, c);
    boolean byScale = d.flag();
    double scale = d.oneOf(2, 4, 5, 6, 8, 12) / 4.0;
    int oh = byScale ? Math.max(1, (int) (h * scale)) : d.between(1, 15);
    int ow = byScale ? Math.max(1, (int) (w * scale)) : d.between(1, 15);
    boolean scaled = byScale && h * scale >= 1 && w * scale >= 1;
    Shape y = Shape.of(n, oh, ow, c);
    double rows = scaled ? 1 / scale : (double) h / oh;
    double columns = scaled ? 1 / scale : (double) w / ow;
    return new OpSample(
        "resize %s to %s%s%s%s"
            .formatted(
                x,
                y,
                nearest ? " nearest" : " bilinear",
                align ? " aligned" : "",
                scaled ? " scale " + scale : ""),
        List.of(d.batched(x)),
        (tape, v) -> {
          Var in = v.get(0);
          if (nearest) {
            return scaled ? in.resizeNearest(scale) : in.resizeNearest(oh, ow);
          }
          return scaled ? in.resizeBilinear(scale, align) : in.resizeBilinear(oh, ow, align);
        },
        v ->
            nearest
                ? NaiveMoves.nearest(v[0], x, y, rows, columns)
                : NaiveMoves.bilinear(v[0], x, y, rows, columns, align));
  }
}
