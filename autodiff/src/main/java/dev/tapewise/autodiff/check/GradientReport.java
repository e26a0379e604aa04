package dev.tapewise.autodiff.check;

import java.util.Locale;

/**
 * What a {@link GradientCheck} found.
 *
 * @param name what was checked
 * @param passed whether every error is within its bound, and something was compared
 * @param worst the error that comes nearest to its bound or exceeds it most, relative to the
 *     largest gradient of its input
 * @param bound its bound, relative to the same, noise floor included
 * @param where the element, such as {@code input 0 [2, 5] at [1, 3]}
 * @param actual the gradient there
 * @param expected the difference quotient there
 * @param noise the noise floor: what rounding may add to a quotient, relative to the largest
 *     gradient; 0 with a reference
 * @param compared elements that were compared
 * @param rejected elements near a kink, which were not
 * @param again the check as a line of Java, with the op's name where the op stands
 */
public record GradientReport(
    String name,
    boolean passed,
    double worst,
    double bound,
    String where,
    double actual,
    double expected,
    double noise,
    int compared,
    int rejected,
    String again) {

  @Override
  public String toString() {
    String verdict = "gradient check of " + name + (passed ? " passed" : " FAILED");
    String counts =
        String.format(
            Locale.ROOT,
            "  %d elements compared, %d near a kink rejected, noise floor %.1e",
            compared,
            rejected,
            noise);
    if (compared == 0) {
      return String.join(
          "\n", verdict + ": choose other values or another seed", counts, "  " + again);
    }
    String error =
        String.format(
            Locale.ROOT,
            "  gradient %s, expected %s: error %.1e of the largest, allowed %.1e",
            (float) actual,
            (float) expected,
            worst,
            bound);
    return String.join("\n", verdict + ": " + where, error, counts, "  " + again);
  }
}
