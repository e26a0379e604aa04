package dev.tapewise.autodiff.op;

import dev.tapewise.core.geometry.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds a small convolution that still fails, for a person to read. */
final class ConvShrink {
  private ConvShrink() {}

  /** A case that fails, of which no smaller one in one option does. */
  static ConvCase shrink(ConvCase failing, Predicate<ConvCase> fails) {
    ConvCase least = failing;
    ConvCase next = failing;
    while (next != null) {
      least = next;
      next = null;
      for (ConvCase c : smaller(least)) {
        if (fails.test(c)) {
          next = c;
          break;
        }
      }
    }
    return least;
  }

  /** Height, width, in and out per group, kernel, stride, dilation, padding, groups. */
  private static int[] options(ConvGeometry g) {
    return new int[] {
      g.height(),
      g.width(),
      g.inPerGroup(),
      g.outPerGroup(),
      g.kernelHeight(),
      g.kernelWidth(),
      g.strideHeight(),
      g.strideWidth(),
      g.dilationHeight(),
      g.dilationWidth(),
      g.padTop(),
      g.padBottom(),
      g.padLeft(),
      g.padRight(),
      g.groups()
    };
  }

  private static ConvGeometry geometry(int[] o) {
    int groups = o[14];
    return new ConvGeometry(
        o[0],
        o[1],
        o[2] * groups,
        o[3] * groups,
        o[4],
        o[5],
        o[6],
        o[7],
        o[8],
        o[9],
        o[10],
        o[11],
        o[12],
        o[13],
        groups);
  }

  private static List<ConvCase> smaller(ConvCase c) {
    List<ConvCase> smaller = new ArrayList<>();
    if (c.bias()) {
      smaller.add(new ConvCase(c.geometry(), c.batch(), false, c.transposed()));
    }
    if (c.batch() > 1) {
      smaller.add(new ConvCase(c.geometry(), 1, c.bias(), c.transposed()));
    }
    int[] options = options(c.geometry());
    for (int i = 0; i < options.length; i++) {
      int least = i >= 10 && i <= 13 ? 0 : 1;
      // the least first, then half, then one less
      for (int value : new int[] {least, (options[i] + least) / 2, options[i] - 1}) {
        int[] tried = options.clone();
        tried[i] = value;
        if (value >= least && value < options[i] && windowFits(tried)) {
          smaller.add(new ConvCase(geometry(tried), c.batch(), c.bias(), c.transposed()));
        }
      }
    }
    return smaller;
  }

  private static boolean windowFits(int[] o) {
    return o[0] + o[10] + o[11] > (o[4] - 1) * o[8] && o[1] + o[12] + o[13] > (o[5] - 1) * o[9];
  }
}
