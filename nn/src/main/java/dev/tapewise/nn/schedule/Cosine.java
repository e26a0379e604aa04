package dev.tapewise.nn.schedule;

/**
 * Half a cosine from a base rate down to a least rate over the whole training, after a linear
 * warm-up (Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5, without restarts; warm-up as in
 * Goyal et al. 2017, arXiv:1706.02677, section 2.2).
 *
 * <p>With {@code w} warm-up steps of {@code n} in all, step {@code t} has the rate {@code base *
 * (start + (1 - start) * t / w)} while {@code t < w}, and {@code least + (base - least) * (1 +
 * cos(pi * (t - w) / (n - w))) / 2} from then on. The cosine is the same on every platform.
 */
public final class Cosine implements Schedule {
  private static final double START = 0.01;
  private static final int TERMS = 10;

  private final float base;
  private final float least;
  private final Span warmUp;

  private Cosine(float base, float least, Span warmUp) {
    Rates.check(base);
    Rates.check(least);
    this.base = base;
    this.least = least;
    this.warmUp = warmUp;
  }

  /** From {@code base} to 0, without warm-up. */
  public static Cosine from(float base) {
    return new Cosine(base, 0, Span.steps(0));
  }

  /** Ends at {@code rate} in place of 0. */
  public Cosine to(float rate) {
    return new Cosine(base, rate, warmUp);
  }

  /** Rises from a hundredth of the base rate first; a warm-up beyond the training's end is cut. */
  public Cosine withWarmUp(Span length) {
    return new Cosine(base, least, length);
  }

  @Override
  public float rate(long step, Horizon horizon) {
    long rising = Math.min(warmUp.inSteps(horizon.stepsPerEpoch()), horizon.steps());
    if (step < rising) {
      return (float) (base * (START + (1 - START) * step / rising));
    }
    long falling = horizon.steps() - rising;
    if (step - rising >= falling) {
      return least;
    }
    double cosine = cosine((double) (step - rising) / falling);
    return (float) (least + (base - least) * (1 + cosine) / 2);
  }

  /**
   * The cosine of {@code part} times pi for a part from 0 to 1: Taylor's series for a quarter of
   * the angle (its error there is below 1e-17), which is then doubled twice. The JDK's cosines
   * differ by platform or allocate.
   */
  private static double cosine(double part) {
    double square = Math.PI / 4 * part * (Math.PI / 4 * part);
    double term = 1;
    double quarter = 1;
    for (int i = 1; i < TERMS; i++) {
      term *= -square / ((2 * i - 1) * (2 * i));
      quarter += term;
    }
    double half = 2 * quarter * quarter - 1;
    return 2 * half * half - 1;
  }

  @Override
  public String toString() {
    return "cosine from %s to %s, warm-up %s".formatted(base, least, warmUp);
  }
}
