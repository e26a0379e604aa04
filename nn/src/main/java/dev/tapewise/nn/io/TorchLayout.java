package dev.tapewise.nn.io;

import com.google.common.primitives.ImmutableLongArray;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Shape;

/**
 * Parameters in PyTorch's order of axes: convolutions {@code [kh, kw, in / groups, out]} as {@code
 * [out, in / groups, kh, kw]}, those of sequences {@code [k, in / groups, out]} as {@code [out, in
 * / groups, k]}, transposed ones {@code [kh, kw, out / groups, in]} as {@code [in, out / groups,
 * kh, kw]}, matrices {@code [in, out]} as {@code [out, in]}, everything else as it is.
 */
public final class TorchLayout {
  private TorchLayout() {}

  /** The shape of a parameter as PyTorch has it. */
  public static ImmutableLongArray shape(Parameter parameter) {
    Shape s = parameter.shape();
    if (s.rank() == 3 && turned(parameter)) {
      return ImmutableLongArray.of(s.axis(2), s.axis(1), s.axis(0));
    }
    return switch (s.rank()) {
      case 4 -> ImmutableLongArray.of(s.axis(3), s.axis(2), s.axis(0), s.axis(1));
      case 2 -> ImmutableLongArray.of(s.axis(1), s.axis(0));
      default -> {
        ImmutableLongArray.Builder axes = ImmutableLongArray.builder();
        for (int i = 0; i < s.rank(); i++) {
          axes.add(s.axis(i));
        }
        yield axes.build();
      }
    };
  }

  /** The values of a parameter, copied into PyTorch's order. */
  public static float[] values(Parameter parameter) {
    return toTorch(parameter, parameter.values(), parameter.valueOffset());
  }

  /** The gradient of a parameter, copied into PyTorch's order. */
  public static float[] gradient(Parameter parameter) {
    return toTorch(parameter, parameter.gradients(), parameter.gradientOffset());
  }

  /** Sets a parameter from values in PyTorch's order. */
  public static void set(Parameter parameter, float[] values) {
    if (values.length != parameter.size()) {
      throw new IllegalArgumentException(
          "parameter \"%s\" %s takes %d values, got %d"
              .formatted(parameter.name(), shape(parameter), parameter.size(), values.length));
    }
    int inner = innerAxes(parameter);
    int outer = parameter.size() / inner;
    int rows = rows(parameter);
    float[] to = parameter.values();
    int at = parameter.valueOffset();
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        to[at + ourIndex(o, i, outer, inner, rows)] = values[o * inner + i];
      }
    }
  }

  private static float[] toTorch(Parameter parameter, float[] from, int at) {
    float[] values = new float[parameter.size()];
    int inner = innerAxes(parameter);
    int outer = parameter.size() / inner;
    int rows = rows(parameter);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        values[o * inner + i] = from[at + ourIndex(o, i, outer, inner, rows)];
      }
    }
    return values;
  }

  /** Where our order has element i of PyTorch's row o: columns are outputs, rows are inputs. */
  private static int ourIndex(int o, int i, int outer, int inner, int rows) {
    // PyTorch counts (input, tap), we count (tap, input): rows is the number of inputs
    int taps = inner / rows;
    return ((i % taps) * rows + i / taps) * outer + o;
  }

  /** Values of one output channel; 1 for vectors. */
  private static int innerAxes(Parameter parameter) {
    Shape s = parameter.shape();
    return turned(parameter) ? s.intSize() / s.axis(-1) : 1;
  }

  private static int rows(Parameter parameter) {
    Shape s = parameter.shape();
    return turned(parameter) ? s.axis(-2) : 1;
  }

  private static boolean turned(Parameter parameter) {
    return switch (parameter.shape().rank()) {
      case 2, 4 -> true;
      case 3 -> parameter.role() == Role.WEIGHT; // a norm may be over three axes, too
      default -> false;
    };
  }
}
