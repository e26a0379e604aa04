package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.ReferenceCount;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page docs/ops.md: what was measured of every op of the registry, with fixed seeds. */
final class OpsPage {
  private static final int SMALL = 48;
  private static final int LARGE = 16;
  private static final int MOST_VALUES = 6;
  private static final Pattern OPTION =
      Pattern.compile(
          "\\b([A-Za-z]{2,})(?:=| (?=true|false|\\d+\\.\\d))(true|false|\\d+(?:\\.\\d+)?)");
  private static final Set<String> SIZES =
      Set.of("height", "width", "inChannels", "outChannels", "channels");

  private final Map<String, Integer> references = ReferenceCount.byOp();
  private final StringBuilder ops = new StringBuilder();
  private final StringBuilder options = new StringBuilder();
  private int samples;

  private OpsPage() {}

  static String text() {
    OpsPage page = new OpsPage();
    for (OpSpecs.Spec spec : OpSpecs.all()) {
      page.add(spec);
    }
    return page.whole();
  }

  /** The worst errors of a number of samples. */
  private static final class Worst {
    private double forward;
    private double input;
    private double others = -1;
    private int samples;
    private int compared;
    private int rejected;

    void add(OpErrors errors) {
      forward = Math.max(forward, errors.forward());
      double[] gradients = errors.gradients();
      for (int i = 0; i < gradients.length; i++) {
        if (Double.isNaN(gradients[i])) {
          continue;
        }
        if (i == 0) {
          input = Math.max(input, gradients[0]);
        } else {
          others = Math.max(others, gradients[i]);
        }
      }
      samples++;
      compared += errors.compared();
      rejected += errors.rejected();
    }

    String figures(String between) {
      return figure(forward)
          + between
          + figure(input)
          + between
          + (others < 0 ? "–" : figure(others));
    }
  }

  private static String figure(double error) {
    return error < 1e-9 ? "exact" : String.format(Locale.ROOT, "%.1e", error);
  }

  private void add(OpSpecs.Spec spec) {
    Worst all = new Worst();
    Map<String, Map<String, Worst>> byOption = new TreeMap<>();
    Set<String> names = new HashSet<>();
    for (int seed = 0; seed < SMALL + LARGE; seed++) {
      boolean small = seed < SMALL;
      OpCase drawn = small ? OpCase.small(spec, seed) : OpCase.any(spec, seed);
      OpErrors errors = OpErrors.measure(drawn.sample(), Kernels.preferred(), small ? 12 : 4, seed);
      all.add(errors);
      names.addAll(names(drawn.sample()));
      for (Map.Entry<String, String> e : optionsOf(drawn.sample()).entrySet()) {
        byOption
            .computeIfAbsent(e.getKey(), k -> new TreeMap<>())
            .computeIfAbsent(e.getValue(), k -> new Worst())
            .add(errors);
      }
    }
    samples += all.samples;
    int cases = names.stream().mapToInt(name -> references.getOrDefault(name, 0)).sum();
    ops.append(
        "| %s | %s | %s | %d | %s | %d | %s |\n"
            .formatted(
                spec.name(),
                all.figures(" | "),
                spec.linear() ? "yes" : "–",
                all.compared,
                all.rejected == 0 ? "–" : Integer.toString(all.rejected),
                all.samples,
                cases == 0 ? "–" : Integer.toString(cases)));
    byOption.forEach((option, values) -> addOption(spec, option, values));
  }

  private void addOption(OpSpecs.Spec spec, String option, Map<String, Worst> values) {
    if (values.size() < 2 || values.size() > MOST_VALUES || SIZES.contains(option)) {
      return;
    }
    List<String> cells = new ArrayList<>();
    values.forEach((value, worst) ->
        cells.add("**%s** %s (%d)".formatted(value, worst.figures(" / "), worst.samples)));
    options.append("| %s | %s | %s |\n".formatted(spec.name(), option, String.join(", ", cells)));
  }

  private static Map<String, String> optionsOf(OpSample sample) {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = OPTION.matcher(sample.text());
    while (matcher.find()) {
      found.put(matcher.group(1), matcher.group(2));
    }
    for (OpSample.Input in : sample.inputs().subList(0, 1)) {
      found.put("axes", Integer.toString(in.shape().rank()));
      found.put("lanes", lanes(in.shape().axis(-1)));
    }
    return found;
  }

  /** Where a count of channels stands to the 8 lanes of a vector of 256 bits. */
  private static String lanes(int channels) {
    return channels < 8 ? "below 8" : channels % 8 == 0 ? "8, 16, .." : "others";
  }

  private static Set<String> names(OpSample sample) {
    Tape tape = new Tape();
    List<Var> inputs = new ArrayList<>();
    for (OpSample.Input in : sample.inputs()) {
      String name = "in" + inputs.size();
      inputs.add(in.batched() ? tape.input(name, in.shape()) : tape.constant(name, in.shape()));
    }
    sample.recorder().record(tape, inputs);
    Set<String> names = new HashSet<>();
    for (Node node : tape.nodes()) {
      names.add(node.op().name());
    }
    return names;
  }

  private String whole() {
    return """
    # Ops: every option drawn, every gradient compared

    Written by a test from the registry of ops, and checked by it: the build fails when this page is stale. To write it
    again:

    ```sh
    mvn -q -Dtapewise.quick test -pl autodiff -am -Dtest=OpsPageTest -Dtapewise.writeDocs
    ```

    All figures are the worst relative errors of float32 against the op's definition in double precision, over %d samples
    with fixed seeds. An output's error is measured by its largest element, at least by 0.1, a gradient's by the largest
    gradient of its input, at least by a tenth of the largest of all inputs and by 0.01. *gradInput* is that of the first input,
    *gradWeight* that of all others. Gradients are compared element by element with differences of fourth order of the
    definition, up to 12 elements of every input of a sample, ends included; elements near a kink are counted and left out.
    The bounds are 1e-5 for outputs and 2e-5 for gradients. Our bits are the same on every machine, and so are these
    figures.

    For every op, thousands of other cases are tried in every build, and a failure shrinks to a line that can be pasted
    into a test (`OpProof`, `OpPropertiesTest`):

    - the output is that of the definition; elements of gradients and derivatives along random directions are too
    - where the op is linear in its first input, it and its gradient are adjoint
    - vector kernels have the bits of their scalar twins; teams of 2 and 3 threads those of 1
    - the fused program has the bits of the plain one, alone and between batch norms and activations
    - a program with room for more images has the bits of one without; a second play those of the first
    - buffers whose life has ended, filled with NaN, change nothing; inputs are not written
    - where others read an input, gradients add; where a gradient is unwanted, the others keep their bits
    - a warm step allocates 0 bytes (`OpAllocationTest`)

    That all of this does find mistakes is seen by planting some: [mutants.md](mutants.md) has the share that is found.

    | op | forward | gradInput | gradWeight | adjoint | elements | near a kink | samples | reference cases |
    |---|---|---|---|---|---|---|---|---|
    %s
    *Reference cases* are recorded from PyTorch in double precision, and compared in four ways each (fused and plain,
    vector kernels and twins; `ReferenceCasesTest`).

    ## By option

    Of each value that was drawn: forward / gradInput / gradWeight, and in how many of the samples. *axes* are those of the
    first input, *lanes* says where its last axis stands to the lanes of a vector.

    | op | option | values |
    |---|---|---|
    %s\
    """
        .formatted(samples, ops, options);
  }
}
