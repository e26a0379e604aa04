package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every op of {@link OpSpecs}, forward and backward, comes to allocate nothing on any thread. */
final class OpAllocationTest {
  private static final int WARM = 500;
  private static final long BOUND_NANOS = 60_000_000_000L;

  @TestFactory
  Stream<DynamicTest> everyWarmOpAllocatesNothing() {
    return OpSpecs.all().stream()
        .map(spec -> DynamicTest.dynamicTest(spec.name(), () -> comesToAllocateNothing(spec)));
  }

  /**
   * Warm is a number of plays in a row without a byte, within a bound: what allocates by itself
   * never gets there.
   */
  private static void comesToAllocateNothing(OpSpecs.Spec spec) {
    OpSample sample = spec.draw().apply(new Draw(4));
    try (Workers workers = new Workers(2)) {
      Tape tape = new Tape();
      List<Var> inputs = new ArrayList<>();
      List<Var> wanted = new ArrayList<>();
      for (OpSample.Input in : sample.inputs()) {
        Var v =
            in.batched()
                ? tape.input("in" + inputs.size(), in.shape())
                : tape.constant("in" + inputs.size(), in.shape());
        inputs.add(v);
        if (in.differentiable()) {
          wanted.add(v);
        }
      }
      Var y = sample.recorder().record(tape, inputs);
      Var loss = y.apply(new Projection(new float[y.shape().intSize()]));
      Program program =
          tape.compile(CompileOptions.of(loss).keepGradients(wanted).workers(workers));
      for (int i = 0; i < inputs.size(); i++) {
        program.input(inputs.get(i)).set(sample.inputs().get(i).values());
      }
      int quiet = 0;
      long end = System.nanoTime() + BOUND_NANOS; // the JIT compiler may be slow on a busy machine
      while (quiet < WARM && System.nanoTime() < end) {
        long before = workers.allocatedBytes();
        program.forward();
        program.backward();
        quiet = workers.allocatedBytes() == before ? quiet + 1 : 0;
      }
      assertThat(quiet).as("quiet plays in a row of %s", sample).isEqualTo(WARM);
    }
  }
}
