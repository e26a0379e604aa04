package dev.tapewise.nn.train;

/** A weighted mean, gathered value by value in double precision. */
public final class Average {
  private double sum;
  private long weight;

  /** Empty. */
  public Average() {}

  /** Forgets everything. */
  public void reset() {
    sum = 0;
    weight = 0;
  }

  /** Adds a mean over {@code count} things. */
  public void add(double mean, long count) {
    sum += mean * count;
    weight += count;
  }

  /** The mean so far; NaN before the first value. */
  public double mean() {
    return weight == 0 ? Double.NaN : sum / weight;
  }
}
