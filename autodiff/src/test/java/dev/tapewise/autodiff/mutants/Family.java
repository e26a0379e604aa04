package dev.tapewise.autodiff.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Kernels and ops of one kind, and who is to find mistakes in them.
 *
 * @param name its name
 * @param files the names of its files, without {@code .java}
 * @param specs the names of the specs whose properties are tried
 * @param tests the tests that are run where no property fails
 */
record Family(String name, Pattern files, String specs, List<String> tests) {
  private static final Path OPS = Path.of("src/main/java/dev/tapewise/autodiff/op");
  private static final Path KERNELS = Path.of("../core/src/main/java/dev/tapewise/core/kernel");
  private static final Path TWINS = KERNELS.resolve("scalar");
  private static final Path VECTORS = KERNELS.resolve("vector");
  private static final List<Path> FOLDERS = List.of(TWINS, KERNELS, VECTORS, OPS);

  /** No op's gradient is computed there: the choice of kernels, optimizers, measuring. */
  private static final Pattern NO_OP =
      Pattern.compile("\\w*(Kernels|KernelsHolder|Lanes|Update|Peak|package-info)");

  private static final List<Family> ALL =
      List.of(
          of(
              "pointwise convolutions",
              "\\w+Pointwise|Panels|Tiles|PointwiseTasks",
              "pointwise conv2d",
              "core.kernel.scalar.ScalarPointwiseTest",
              "core.kernel.vector.VectorPointwiseTest",
              "autodiff.op.ConvVariantsTest"),
          of(
              "depthwise convolutions",
              "\\w*Depthwise\\w*|AxisWindow",
              "depthwise .*",
              "core.kernel.vector.VectorDepthwiseTest",
              "autodiff.op.ConvVariantsTest"),
          of(
              "grouped convolutions",
              "\\w*Grouped\\w*",
              "grouped conv2d",
              "core.kernel.vector.VectorGroupedTest",
              "autodiff.op.ConvVariantsTest"),
          of(
              "dense convolutions",
              "Column\\w+|RowRing|RowStaging|VectorConvolutions",
              "(dense|transposed) conv2d|conv1d",
              "core.kernel.vector.ColumnsConvolutionTest",
              "core.kernel.vector.VectorConvolutionsTest",
              "autodiff.op.ConvVariantsTest"),
          of(
              "all convolutions",
              "ScalarConvolution|Conv\\w+|TransposedConv2d|SpatialTasks|GatheringTask|ImageUnits|BiasGradient|Once"
                  + "|\\w*Staging|\\w*Reading|HardSwishRows",
              ".*(conv2d|conv1d).*",
              "core.kernel.scalar.ScalarConvolutionTest",
              "core.kernel.vector.VectorStagingTest",
              "autodiff.op.ConvVariantsTest"),
          of(
              "norms",
              "\\w*(Norm|NormGradient|NormChecks|Statistics)|GradientSums|OutputMoments"
                  + "|BandTree|BandTask|ImageBands|VectorRowSums|HardSwishSums",
              ".* norm.*",
              "core.kernel.RowNormTest",
              "core.kernel.ChannelNormTest",
              "core.kernel.vector.VectorStatisticsTest",
              "autodiff.op.NormTest"),
          of(
              "pools",
              "\\w*Pool|MaxWindows|PoolRows|PoolShapes",
              ".* pool",
              "core.kernel.PoolTest",
              "autodiff.op.PoolTest"),
          of(
              "activations",
              "\\w*Unary\\w*|\\w*Functions|\\w*Elementwise|Clamp|\\w*Dropout\\w*|ElementTask"
                  + "|SizedElementTask|Activation",
              "relu6?|leaky relu|hard .*|sigmoid|silu|tanh|gelu.*|elu|softplus|.*dropout"
                  + "|stochastic depth",
              "core.kernel.ActivationTest",
              "core.kernel.UnaryTest",
              "core.kernel.FunctionsTest",
              "core.kernel.ElementwiseTest",
              "core.kernel.DropoutTest",
              "autodiff.op.UnaryOpTest",
              "autodiff.op.UnitDropoutTest"),
          of(
              "softmax",
              "\\w*Softmax|SoftmaxOp|LaneTree|RowTask",
              "(log )?softmax",
              "core.kernel.SoftmaxTest",
              "autodiff.op.LossesTest"),
          of(
              "losses",
              "\\w*CrossEntropy\\w*|ErrorCurve|\\w+Loss|\\w+Losses|OneBatch|Reduction",
              ".*cross entropy.*|.* error|huber|smooth L1",
              "core.kernel.CrossEntropyTest",
              "core.kernel.SoftCrossEntropyTest",
              "core.kernel.LossCurvesTest",
              "autodiff.op.LossesTest"),
          of(
              "moves",
              "StridedCopy|\\w*Resample|Concat|Pad|PadBoxes|Boxes|Axes|Permute|Resize|Reshape",
              "concat|slice|split|pad .*|permute|.*shuffle|resize .*|reshape",
              "core.kernel.StridedCopyTest",
              "core.kernel.ResampleTest",
              "autodiff.op.MovesTest",
              "autodiff.op.MoveErrorsTest"),
          of(
              "arithmetic",
              "\\w*Arithmetic\\w*|\\w*Combine|LaneSums|Sum|Axis(Sums|Stages)|BroadcastTask|StagedSum"
                  + "|StageTask|DividedTask|WholeBatch|Chunks",
              "add|sub|mul.*|div|sum|mean",
              "core.kernel.ArithmeticTest",
              "core.kernel.CombineTest",
              "autodiff.op.ArithmeticOpTest",
              "autodiff.op.ResidualSumTest"),
          of(
              "matmul and linear",
              "MatMul|MatrixProducts|Linear",
              "matmul.*|linear",
              "autodiff.op.MatMulTest",
              "autodiff.WorkTest"));

  private static Family of(String name, String files, String specs, String... tests) {
    List<String> classes = new ArrayList<>();
    for (String test : tests) {
      classes.add("dev.tapewise." + test);
    }
    classes.add("dev.tapewise.autodiff.op.WrongCallsTest");
    classes.add("dev.tapewise.autodiff.ReferenceCasesTest");
    return new Family(name, Pattern.compile(files), specs, classes);
  }

  static List<Family> all() {
    return ALL;
  }

  /** The tests to run, with those of vector kernels or without. */
  List<String> tests(boolean vectors) {
    return vectors ? tests : tests.stream().filter(t -> !t.contains(".vector.")).toList();
  }

  /** Whether it runs at the machine's vector width; the others do on the scalar twins. */
  static boolean isVectorKernel(Path file) {
    return file.startsWith(VECTORS) || stem(file).endsWith("Reading"); // vector kernels ask it most
  }

  /** The first family that has it. */
  boolean has(Path file) {
    for (Family family : ALL) {
      if (family.files.matcher(stem(file)).matches()) {
        return family.equals(this);
      }
    }
    return false;
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  /** All mistakes that can be planted in files with a text in their name, in a fixed order. */
  List<Mutation> mutations(String only) throws IOException {
    List<Mutation> all = new ArrayList<>();
    for (Path file : sources()) {
      if (has(file) && file.toString().contains(only)) {
        all.addAll(Mutation.of(file, Files.readString(file)));
      }
    }
    all.sort(Comparator.comparingInt(Mutation::place));
    return all;
  }

  /** Files of kernels and ops. */
  static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path folder : FOLDERS) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(f -> f.toString().endsWith(".java"))
            .filter(f -> !NO_OP.matcher(stem(f)).matches())
            .sorted()
            .forEach(all::add);
      }
    }
    return all;
  }
}
