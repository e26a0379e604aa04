package dev.tapewise.autodiff.check;

import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A check as a line of Java, for a test that repeats it. */
final class PastedLine {
  private static final int MOST_VALUES = 64;

  private PastedLine() {}

  static String of(GradientCheck check) {
    StringBuilder line = new StringBuilder("GradientCheck.of(").append(check.name()).append(")");
    for (GradientCheck.Input in : check.inputs()) {
      String kind = in.checked() ? in.batched() ? "input" : "constant" : "given";
      line.append(".%s(%s%s)".formatted(kind, shape(in.shape()), values(in.values())));
    }
    if (check.chosenReference() != null) {
      line.append(".reference(forward)");
    }
    if (!check.fused()) {
      line.append(".plain()");
    }
    return line.append(".seed(").append(check.chosenSeed()).append("L).assertPasses();").toString();
  }

  private static String shape(Shape shape) {
    int[] axes = new int[shape.rank()];
    Arrays.setAll(axes, shape::axis);
    return Arrays.stream(axes)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "Shape.of(", ")"));
  }

  private static String values(float @Nullable [] values) {
    if (values == null) {
      return "";
    }
    if (values.length > MOST_VALUES) {
      return ", values";
    }
    StringBuilder list = new StringBuilder(", new float[] {");
    for (int i = 0; i < values.length; i++) {
      list.append(i == 0 ? "" : ", ");
      if (Float.isFinite(values[i])) {
        list.append(values[i]).append("f");
      } else {
        list.append("Float.parseFloat(\"").append(values[i]).append("\")");
      }
    }
    return list.append("}").toString();
  }
}
