package dev.tapewise.examples;

import dev.tapewise.autodiff.check.GradientCheck;
import dev.tapewise.autodiff.check.jqwik.Shapes;
import dev.tapewise.core.Shape;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SwishTest {

  @Property(tries = 50)
  void gradientsAreThoseOfTheDefinition(@ForAll("shapes") Shape shape, @ForAll long seed) {
    GradientCheck.of(new Swish())
        .input(shape)
        .constant(Shape.of(shape.axis(-1)))
        .reference(in -> swish(in[0], in[1]))
        .seed(seed)
        .assertPasses();
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Shapes.images();
  }

  private static double[] swish(double[] x, double[] beta) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / (1 + Math.exp(-beta[i % beta.length] * x[i]));
    }
    return y;
  }
}
