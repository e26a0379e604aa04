package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One case of the reference: its options and tensors, and the check that ours has its numbers. */
final class ReferenceCase {
  private static final Map<String, ReferenceTensors> FILES =
      Map.of(
          "conv.safetensors", ReferenceTensors.open("conv.safetensors"),
          "ops.safetensors", ReferenceTensors.open("ops.safetensors"));

  private final JsonObject spec;
  private final JsonObject options;
  private final String name;
  private final ReferenceTensors file;
  private final Map<String, Var> inputs = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Parameter> buffers = new LinkedHashMap<>();

  ReferenceCase(JsonObject spec) {
    this.spec = spec;
    this.options = spec.getAsJsonObject("options");
    this.name = spec.get("name").getAsString();
    ReferenceTensors found = FILES.get(spec.get("file").getAsString());
    if (found == null) {
      throw new IllegalStateException("no file for " + name);
    }
    this.file = found;
  }

  String name() {
    return name;
  }

  String op() {
    return spec.get("op").getAsString();
  }

  JsonObject options() {
    return options;
  }

  boolean flag(String option) {
    return options.get(option).getAsBoolean();
  }

  int number(String option) {
    return options.get(option).getAsInt();
  }

  float real(String option) {
    return options.get(option).getAsFloat();
  }

  /** Number {@code i} of an option that is a list. */
  int number(String option, int i) {
    return options.getAsJsonArray(option).get(i).getAsInt();
  }

  /** Whether there is such a tensor. */
  boolean has(String role) {
    return file.has(name + "/" + role);
  }

  /** The shape of a tensor in the file's order of axes. */
  int[] shape(String role) {
    return file.shape(name + "/" + role);
  }

  private String layout(String role) {
    return spec.getAsJsonObject("tensors").getAsJsonObject(role).get("layout").getAsString();
  }

  /** The values of a tensor in our order of axes. */
  float[] values(String role) {
    float[] v = file.floats(name + "/" + role);
    int[] s = shape(role);
    return switch (layout(role)) {
      case "OIHW", "IOHW" -> ReferenceTensors.fromOihw(v, s);
      case "OIL" -> ReferenceTensors.fromOihw(v, new int[] {s[0], s[1], 1, s[2]});
      case "OI" -> ReferenceTensors.fromOihw(v, new int[] {s[0], s[1], 1, 1});
      default -> v;
    };
  }

  /** The shape of a tensor in our order of axes. */
  Shape ours(String role) {
    int[] s = shape(role);
    return switch (layout(role)) {
      case "OIHW", "IOHW" -> Shape.of(s[2], s[3], s[1], s[0]);
      case "OIL" -> Shape.of(s[2], s[1], s[0]);
      case "OI" -> Shape.of(s[1], s[0]);
      default -> Shape.of(s);
    };
  }

  /** A tensor of the file as an input of the tape. */
  Var in(Tape tape, String role, boolean batched) {
    Var v = batched ? tape.input(role, ours(role)) : tape.constant(role, ours(role));
    inputs.put(role, v);
    values.put(role, values(role));
    return v;
  }

  /** An input that the file does not have, {@code [size]} of one value. */
  Var constant(Tape tape, String role, int size, float value) {
    Var v = tape.constant(role, Shape.of(size));
    float[] all = new float[size];
    Arrays.fill(all, value);
    inputs.put(role, v);
    values.put(role, all);
    return v;
  }

  /**
   * State that starts from a tensor of the file and ends as {@code role_after}, if there is one.
   */
  Parameter buffer(Tape tape, String role) {
    Parameter p = tape.buffer(role, ours(role), Initializer.constant(0));
    buffers.put(role, p);
    return p;
  }

  void check(ReferenceFamily family, boolean fused, Kernels kernels) {
    Tape tape = new Tape();
    Var output = family.record(this, tape);
    boolean scalar = output.shape().size() == 1 && !has("grad_output");
    Var loss = scalar ? output : output.apply(new Projection(values("grad_output")));
    List<Var> wanted = new ArrayList<>();
    for (JsonElement g : spec.getAsJsonArray("grads")) {
      wanted.add(input(g.getAsString().substring("grad_".length())));
    }
    CompileOptions compile =
        CompileOptions.of(loss).keep(output).keepGradients(wanted).kernels(kernels);
    try (Workers workers = new Workers(1)) {
      compile = compile.workers(workers);
      Program program = tape.compile(fused ? compile : compile.plain());
      tape.parameters().markInitialized();
      buffers.forEach((role, p) -> p.set(values(role)));
      inputs.forEach((role, v) -> program.input(v).set(values.getOrDefault(role, new float[0])));
      program.forward();
      program.backward();
      compare(family, "output", program.value(output).toArray());
      for (JsonElement g : spec.getAsJsonArray("grads")) {
        String role = g.getAsString();
        compare(family, role, program.gradient(input(role.substring("grad_".length()))).toArray());
      }
      buffers.forEach((role, p) -> {
        if (has(role + "_after")) {
          compare(family, role + "_after", p.toArray());
        }
      });
    }
  }

  private Var input(String role) {
    Var v = inputs.get(role);
    if (v == null) {
      throw new IllegalStateException(name + " has no input " + role);
    }
    return v;
  }

  private void compare(ReferenceFamily family, String role, float[] actual) {
    float[] expected = values(role);
    assertThat(actual).as(name + "/" + role).hasSameSizeAs(expected);
    if (spec.get("exact").getAsBoolean()) {
      assertThat(actual).as(name + "/" + role).isEqualTo(expected);
      return;
    }
    // 1e-15: the reference is in double, and 1 + tanh has no more digits there
    float bound = family.elementBound(this, role);
    for (int i = 0; i < expected.length && bound < Float.POSITIVE_INFINITY; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s/%s element %d: %s for %s", name, role, i, actual[i], expected[i])
          .isLessThanOrEqualTo(bound * Math.abs(expected[i]) + 1e-15f);
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
