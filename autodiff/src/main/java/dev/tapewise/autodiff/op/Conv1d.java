package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import java.util.List;

/**
 * Convolution of sequences, {@code [N, L, C]} with weights {@code [k, C / groups, out]} and an
 * optional bias {@code [out]}: a {@link Conv2d} over images of one row, which lie in memory alike.
 */
public final class Conv1d implements Op {
  private final Conv2d rows;
  private final boolean bias;

  private Conv1d(ConvGeometry geometry, boolean bias) {
    this.rows = new Conv2d(geometry, bias);
    this.bias = bias;
  }

  /**
   * The convolution of sequences x with weights w; of the options only what is said about columns
   * counts.
   *
   * @throws IllegalArgumentException if they do not fit, naming the rule, the values and the cure
   */
  public static Conv1d of(Shape x, Shape w, ConvOptions options, boolean bias) {
    if (x.rank() != 3) {
      throw new IllegalArgumentException("x must be sequences [N, L, C]");
    }
    if (w.rank() != 3) {
      throw new IllegalArgumentException("weights must be [k, in / groups, out] but are " + w);
    }
    ConvGeometry g = options.convolution1d(x.axis(1), x.axis(2), w.axis(2), w.axis(0));
    Conv2d.checkInputs(g, w.axis(1), w);
    return new Conv1d(g, bias);
  }

  @Override
  public String name() {
    return "conv1d";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    ConvGeometry g = rows.geometry();
    Shape x = inputs.get(0);
    if (x.rank() != 3 || x.axis(1) != g.width() || x.axis(2) != g.inChannels()) {
      throw new IllegalArgumentException(
          "x must be [N, %d, %d]".formatted(g.width(), g.inChannels()));
    }
    Shape w = Shape.of(g.kernelWidth(), g.inPerGroup(), g.outChannels());
    if (!inputs.get(1).equals(w)) {
      throw new IllegalArgumentException("weights must be " + w);
    }
    if (bias) {
      Conv2d.checkBias(inputs.get(2), g.outChannels());
    }
    return Shape.of(x.axis(0), g.outWidth(), g.outChannels());
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return rows.backwardReadsInput(input);
  }

  @Override
  public boolean backwardReadsOutput() {
    return rows.backwardReadsOutput();
  }

  @Override
  public boolean acceptsReading(int input) {
    return rows.acceptsReading(input);
  }

  @Override
  public boolean acceptsGradientReading() {
    return rows.acceptsGradientReading();
  }

  @Override
  public boolean gathersStatistics() {
    return rows.gathersStatistics();
  }

  @Override
  public boolean gathersGradientSums(int input) {
    return rows.gathersGradientSums(input);
  }

  @Override
  public boolean addsGradient(int input) {
    return rows.addsGradient(input);
  }

  @Override
  public long multiplyAdds() {
    return rows.multiplyAdds();
  }

  @Override
  public void forward(Binding binding) {
    rows.forward(binding);
  }

  @Override
  public void backward(Binding binding) {
    rows.backward(binding);
  }
}
