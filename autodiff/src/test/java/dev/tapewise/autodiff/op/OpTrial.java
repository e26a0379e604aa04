package dev.tapewise.autodiff.op;

import dev.tapewise.core.kernel.Kernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tries properties of {@link OpProof} on small cases until one fails. It is called by reflection,
 * in a class loader of its own, so that all of it runs on the classes of that loader.
 */
public final class OpTrial {
  private static final int SHRINKING = 300;

  /** A mutant that nothing finds would otherwise be tried for long. */
  private static final long MOST_NANOS = 12_000_000_000L;

  private OpTrial() {}

  /**
   * The first failure: the printed line of its case (shrunk, where asked) and its text; empty if
   * there is none.
   */
  public static String[] firstFailure(List<String> names, int cases, boolean shrink) {
    List<OpSpecs.Spec> specs =
        OpSpecs.all().stream().filter(spec -> names.contains(spec.name())).toList();
    long end = System.nanoTime() + MOST_NANOS;
    for (int i = 0; i < cases && System.nanoTime() < end; i++) {
      OpCase drawn = OpCase.small(specs.get(i % specs.size()), i);
      String text = failure(drawn);
      if (text != null) {
        return shrink ? shrunk(drawn, text) : new String[] {drawn.toString(), text};
      }
    }
    return new String[0];
  }

  private static String[] shrunk(OpCase first, String firstText) {
    OpCase worst = first;
    String text = firstText;
    int tried = 0;
    boolean simpler = true;
    while (simpler && tried < SHRINKING) {
      simpler = false;
      for (OpCase next : worst.simpler()) {
        String nextText = failure(next);
        tried++;
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
      proof.otherReadersAddTheirGradients();
      proof.fusedHasTheBitsOfPlain();
      proof.unwantedGradientsChangeNothing();
      proof.fewerImagesHaveTheBitsOfAProgramForFewer();
      return null;
    } catch (AssertionError | RuntimeException e) {
      return String.valueOf(e.getMessage()).lines().limit(3).reduce("", (a, b) -> a + " " + b);
    }
  }

  /** The names of all specs. */
  public static List<String> names() {
    return OpSpecs.all().stream().map(OpSpecs.Spec::name).toList();
  }
}
