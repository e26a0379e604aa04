package dev.tapewise.nn.model;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.Parameter;
import java.util.List;

/** PyTorch's SGD and AdamW by the book, in double precision: every parameter decays. */
final class ReferenceOptimizer {
  private final JsonObject options;
  private final List<Parameter> parameters;
  private final double[][] first;
  private final double[][] second;
  private int step;

  ReferenceOptimizer(JsonObject options, List<Parameter> parameters) {
    this.options = options;
    this.parameters = parameters;
    this.first = state();
    this.second = state();
  }

  private double[][] state() {
    return parameters.stream().map(p -> new double[p.size()]).toArray(double[][]::new);
  }

  private double option(String name) {
    return options.get(name).getAsDouble();
  }

  void update() {
    step++;
    boolean adam = options.get("kind").getAsString().equals("adamw");
    for (int i = 0; i < parameters.size(); i++) {
      Parameter p = parameters.get(i);
      for (int j = 0; j < p.size(); j++) {
        double w = p.values()[p.valueOffset() + j];
        double g = p.gradients()[p.gradientOffset() + j];
        w = adam ? adamW(w, g, first[i], second[i], j) : sgd(w, g, first[i], j);
        p.values()[p.valueOffset() + j] = (float) w;
      }
    }
  }

  private double sgd(double w, double gradient, double[] velocity, int j) {
    double g = gradient + option("weight_decay") * w;
    velocity[j] = option("momentum") * velocity[j] + g;
    boolean nesterov = options.has("nesterov") && options.get("nesterov").getAsBoolean();
    return w - option("lr") * (nesterov ? g + option("momentum") * velocity[j] : velocity[j]);
  }

  private double adamW(double w, double g, double[] mean, double[] square, int j) {
    double b1 = option("beta1");
    double b2 = option("beta2");
    mean[j] = b1 * mean[j] + (1 - b1) * g;
    square[j] = b2 * square[j] + (1 - b2) * g * g;
    double m = mean[j] / (1 - Math.pow(b1, step));
    double v = square[j] / (1 - Math.pow(b2, step));
    double decayed = w * (1 - option("lr") * option("weight_decay"));
    return decayed - option("lr") * m / (Math.sqrt(v) + option("eps"));
  }
}
