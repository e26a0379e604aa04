package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.autodiff.op.Add;
import dev.tapewise.autodiff.op.AveragePool;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.autodiff.op.CrossEntropyLoss;
import dev.tapewise.autodiff.op.Linear;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * PyTorch's numbers, computed in double precision and stored as float32: cases that are exact in
 * float32 must match bit for bit, all others within four times the error that PyTorch's own float32
 * kernels make (at least 2e-6), as the reference suggests.
 */
final class ReferenceCasesTest {
  private static final Map<String, ReferenceTensors> FILES =
      Map.of(
          "conv.safetensors", ReferenceTensors.open("conv.safetensors"),
          "ops.safetensors", ReferenceTensors.open("ops.safetensors"));

  @TestFactory
  Stream<DynamicTest> everyCaseOfTheseOpsMatches() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonElement e : ReferenceTensors.index().getAsJsonArray("cases")) {
      JsonObject spec = e.getAsJsonObject();
      if (covered(spec)) {
        String name = spec.get("name").getAsString();
        for (boolean fused : new boolean[] {true, false}) {
          for (Kernels kernels : List.of(Kernels.preferred(), Kernels.scalar())) {
            tests.add(
                DynamicTest.dynamicTest(
                    name + (fused ? " fused " : " plain ") + kernels.getClass().getSimpleName(),
                    () -> new Case(spec).check(fused, kernels)));
          }
        }
      }
    }
    return tests.stream();
  }

  @Test
  void noCaseOfTheseOpsIsLeftOut() {
    int covered = 0;
    for (JsonElement e : ReferenceTensors.index().getAsJsonArray("cases")) {
      covered += covered(e.getAsJsonObject()) ? 1 : 0;
    }
    // 57 conv2d, relu, relu6, 7 batch norm, 4 average pool without ceil mode, global pool, 3
    // linear, add of one shape,
    // 3 cross entropy by mean over class indices
    assertThat(covered).isEqualTo(78);
  }

  private static boolean covered(JsonObject spec) {
    JsonObject options = spec.getAsJsonObject("options");
    return switch (spec.get("op").getAsString()) {
      case "conv2d", "relu", "relu6", "batch_norm", "global_avg_pool", "linear" -> true;
      case "avg_pool2d" -> !options.get("ceil_mode").getAsBoolean();
      case "add" -> spec.get("name").getAsString().equals("add_same");
      case "cross_entropy" ->
          options.get("reduction").getAsString().equals("mean")
              && !options.get("class_weights").getAsBoolean()
              && !options.has("soft_targets")
              && !options.has("ignore_index")
              && !spec.get("name").getAsString().equals("cross_entropy_pixels");
      default -> false;
    };
  }

  private static final class Case {
    private final JsonObject spec;
    private final JsonObject options;
    private final String name;
    private final ReferenceTensors file;
    private final Map<String, Var> inputs = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    Case(JsonObject spec) {
      this.spec = spec;
      this.options = spec.getAsJsonObject("options");
      this.name = spec.get("name").getAsString();
      ReferenceTensors found = FILES.get(spec.get("file").getAsString());
      if (found == null) {
        throw new IllegalStateException("no file for " + name);
      }
      this.file = found;
    }

    private String layout(String role) {
      return spec.getAsJsonObject("tensors").getAsJsonObject(role).get("layout").getAsString();
    }

    private int[] shape(String role) {
      return file.shape(name + "/" + role);
    }

    /** The values in our order of axes. */
    private float[] values(String role) {
      float[] v = file.floats(name + "/" + role);
      int[] s = shape(role);
      return switch (layout(role)) {
        case "OIHW" -> ReferenceTensors.fromOihw(v, s);
        case "OI" -> ReferenceTensors.fromOihw(v, new int[] {s[0], s[1], 1, 1});
        default -> v;
      };
    }

    private Shape ours(String role) {
      int[] s = shape(role);
      return switch (layout(role)) {
        case "OIHW" -> Shape.of(s[2], s[3], s[1], s[0]);
        case "OI" -> Shape.of(s[1], s[0]);
        default -> Shape.of(s);
      };
    }

    private Var in(Tape tape, String role, boolean batched) {
      Var v = batched ? tape.input(role, ours(role)) : tape.constant(role, ours(role));
      inputs.put(role, v);
      values.put(role, values(role));
      return v;
    }

    private Var ones(Tape tape, String role, int channels, float value) {
      Var v = tape.constant(role, Shape.of(channels));
      inputs.put(role, v);
      float[] ones = new float[channels];
      java.util.Arrays.fill(ones, value);
      values.put(role, ones);
      return v;
    }

    private int pair(String option, int i) {
      return options.getAsJsonArray(option).get(i).getAsInt();
    }

    private Var record(Tape tape) {
      String op = spec.get("op").getAsString();
      return switch (op) {
        case "conv2d" -> conv(tape);
        case "relu" -> in(tape, "input", true).relu();
        case "relu6" -> in(tape, "input", true).relu6();
        case "global_avg_pool" -> in(tape, "input", true).globalAveragePool();
        case "add" -> in(tape, "a", true).apply(new Add(), in(tape, "b", true));
        case "linear" ->
            options.get("bias").getAsBoolean()
                ? in(tape, "input", true)
                    .apply(new Linear(true), in(tape, "weight", false), in(tape, "bias", false))
                : in(tape, "input", true).apply(new Linear(false), in(tape, "weight", false));
        case "avg_pool2d" -> pool(tape);
        case "batch_norm" -> norm(tape);
        case "cross_entropy" ->
            in(tape, "input", true)
                .apply(
                    new CrossEntropyLoss(options.get("label_smoothing").getAsFloat()),
                    in(tape, "target", true));
        default -> throw new IllegalStateException(op);
      };
    }

    private Var conv(Tape tape) {
      int[] x = shape("input");
      int[] w = shape("weight");
      ConvGeometry geometry =
          new ConvGeometry(
              x[1],
              x[2],
              x[3],
              w[0],
              w[2],
              w[3],
              pair("stride", 0),
              pair("stride", 1),
              pair("dilation", 0),
              pair("dilation", 1),
              pair("padding", 0),
              pair("padding", 1),
              pair("padding", 2),
              pair("padding", 3),
              options.get("groups").getAsInt());
      boolean bias = options.get("bias").getAsBoolean();
      Var input = in(tape, "input", true);
      Var weight = in(tape, "weight", false);
      return bias
          ? input.apply(new Conv2d(geometry, true), weight, in(tape, "bias", false))
          : input.apply(new Conv2d(geometry, false), weight);
    }

    private Var pool(Tape tape) {
      int[] x = shape("input");
      return in(tape, "input", true)
          .apply(
              new AveragePool(
                  new PoolGeometry(
                      x[1],
                      x[2],
                      x[3],
                      pair("kernel", 0),
                      pair("kernel", 1),
                      pair("stride", 0),
                      pair("stride", 1),
                      pair("padding", 0),
                      pair("padding", 0),
                      pair("padding", 1),
                      pair("padding", 1),
                      options.get("count_include_pad").getAsBoolean()),
                  false));
    }

    private BatchNorm.@Nullable Running running;

    private Var norm(Tape tape) {
      int channels = shape("running_mean")[0];
      Var input = in(tape, "input", true);
      boolean affine = options.get("affine").getAsBoolean();
      Var scale = affine ? in(tape, "weight", false) : ones(tape, "one", channels, 1);
      Var shift = affine ? in(tape, "bias", false) : ones(tape, "zero", channels, 0);
      Shape s = Shape.of(channels);
      running =
          new BatchNorm.Running(
              tape.buffer("running_mean", s, Initializer.constant(0)),
              tape.buffer("running_var", s, Initializer.constant(1)));
      float eps = options.get("eps").getAsFloat();
      BatchNorm op =
          options.get("training").getAsBoolean()
              ? BatchNorm.training(running, eps, options.get("momentum").getAsFloat())
              : BatchNorm.evaluation(running, eps);
      return input.apply(op, scale, shift);
    }

    void check(boolean fused, Kernels kernels) {
      Tape tape = new Tape();
      Var output = record(tape);
      boolean scalar = output.shape().size() == 1 && !file.has(name + "/grad_output");
      Var loss = scalar ? output : output.apply(new Projection(values("grad_output")));
      List<Var> wanted = new ArrayList<>();
      for (JsonElement g : spec.getAsJsonArray("grads")) {
        wanted.add(input(g.getAsString().substring("grad_".length())));
      }
      CompileOptions options =
          CompileOptions.of(loss).keep(output).keepGradients(wanted).kernels(kernels);
      try (Workers workers = new Workers(1)) {
        options = options.workers(workers);
        Program program = tape.compile(fused ? options : options.plain());
        tape.parameters().markInitialized();
        if (running != null) {
          running.mean().set(values("running_mean"));
          running.variance().set(values("running_var"));
        }
        for (Map.Entry<String, Var> e : inputs.entrySet()) {
          float[] v = values.get(e.getKey());
          program.input(e.getValue()).set(v == null ? new float[0] : v);
        }
        program.forward();
        program.backward();
        compare("output", program.value(output).toArray());
        for (JsonElement g : spec.getAsJsonArray("grads")) {
          String role = g.getAsString();
          compare(role, program.gradient(input(role.substring("grad_".length()))).toArray());
        }
        if (running != null && file.has(name + "/running_mean_after")) {
          compare("running_mean_after", running.mean().toArray());
          compare("running_var_after", running.variance().toArray());
        }
      }
    }

    private Var input(String role) {
      Var v = inputs.get(role);
      if (v == null) {
        throw new IllegalStateException(name + " has no input " + role);
      }
      return v;
    }

    private void compare(String role, float[] actual) {
      float[] expected = values(role);
      assertThat(actual).as(name + "/" + role).hasSameSizeAs(expected);
      if (spec.get("exact").getAsBoolean()) {
        assertThat(actual).as(name + "/" + role).isEqualTo(expected);
        return;
      }
      JsonObject tensor = spec.getAsJsonObject("tensors").getAsJsonObject(role);
      double torch =
          tensor.has("torch_f32_error") && !tensor.get("torch_f32_error").isJsonNull()
              ? tensor.get("torch_f32_error").getAsDouble()
              : 0;
      double largest = 1e-30;
      double worst = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        double error = Math.abs(actual[i] - expected[i]);
        worst = error <= worst ? worst : error;
      }
      assertThat(worst / largest)
          .as(name + "/" + role)
          .isLessThanOrEqualTo(Math.max(2e-6, 4 * torch));
    }
  }
}
