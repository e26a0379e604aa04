package dev.tapewise.bench.peers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The median of some measurements, and their range. */
record Spread(double median, double least, double most) {

  static Spread of(List<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** One series over another: the ratio of medians, and the range of the ratios round by round. */
  static Spread ratio(List<Double> values, List<Double> others) {
    double[] ratios = new double[values.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = values.get(i) / others.get(i);
    }
    Spread byRound = of(ratios);
    return new Spread(of(values).median / of(others).median, byRound.least, byRound.most);
  }

  /** As text with some digits behind the point; a single measurement has no range. */
  String text(int digits) {
    String number = "%." + digits + "f";
    return least == most
        ? String.format(Locale.ROOT, number, median)
        : String.format(
            Locale.ROOT, number + " (" + number + " – " + number + ")", median, least, most);
  }
}
