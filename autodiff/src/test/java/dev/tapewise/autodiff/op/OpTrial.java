package dev.tapewise.autodiff.op;

import dev.tapewise.core.kernel.Kernels;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries properties of {@link OpProof} until one fails. It is called by reflection, in a class
 * loader of its own, so that all of it runs on the classes of that loader.
 */
public final class OpTrial {
  /**
   * A mutant that nothing finds would otherwise be tried, and one that is found shrunk, for long.
   */
  private static final long MOST_CPU_NANOS = 12_000_000_000L;

  private static final int MOST_TEXT = 300;

  private OpTrial() {}

  /**
   * The first failure in so many cases of each spec whose name matches: the printed line of its
   * case (shrunk, where asked) and its text; empty if there is none.
   */
  public static String[] firstFailure(String names, int cases, boolean shrink) {
    List<OpSpecs.Spec> specs =
        OpSpecs.all().stream().filter(spec -> spec.name().matches(names)).toList();
    long end = cpuNanos() + MOST_CPU_NANOS;
    for (int i = 0; i < cases * specs.size() && cpuNanos() < end; i++) {
      OpSpecs.Spec spec = specs.get(i % specs.size());
      // loops over whole vectors need more channels than most small cases have
      OpCase drawn = i / specs.size() % 3 == 2 ? OpCase.any(spec, i) : OpCase.small(spec, i);
      String text = failure(drawn);
      if (text != null) {
        return shrink ? shrunk(drawn, text) : new String[] {drawn.toString(), text};
      }
    }
    return new String[0];
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static String[] shrunk(OpCase first, String firstText) {
    OpCase worst = first;
    String text = firstText;
    long end = cpuNanos() + MOST_CPU_NANOS;
    boolean simpler = true;
    while (simpler) {
      simpler = false;
      for (OpCase next : worst.simpler()) {
        if (cpuNanos() > end) {
          break;
        }
        String nextText = failure(next);
        if (nextText != null) {
          worst = next;
          text = nextText;
          simpler = true;
          break;
        }
      }
    }
    return new String[] {worst.toString(), text};
  }

  private static @Nullable String failure(OpCase drawn) {
    OpProof proof = new OpProof(drawn);
    try {
      proof.forwardIsItsDefinition(Kernels.preferred());
      proof.elementsAreItsGradients(Kernels.preferred());
      if (!Kernels.preferred().equals(Kernels.scalar())) {
        proof.twinsHaveTheSameBits();
      }
      proof.otherReadersAddTheirGradients();
      proof.fusedHasTheBitsOfPlain();
      proof.unwantedGradientsChangeNothing();
      proof.fewerImagesHaveTheBitsOfAProgramForFewer();
      return null;
    } catch (AssertionError | RuntimeException e) {
      String text =
          String.valueOf(e.getMessage()).lines().limit(3).reduce("", (a, b) -> a + " " + b);
      return text.substring(0, Math.min(MOST_TEXT, text.length()));
    }
  }

  /** The names of all specs. */
  public static List<String> names() {
    return OpSpecs.all().stream().map(OpSpecs.Spec::name).toList();
  }
}
