package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Convolutions over all combinations of options that others' gradients have been wrong for: every
 * channel count from 1 to 33 with every number of groups and every stride, every size with every
 * kernel, dilation and padding, and all pairs between these, multipliers, batches and biases. Each
 * is also turned round: a transposed convolution. Then every window once more for each family of
 * kernels.
 */
final class ConvCombinationsTest {
  private static final int[][] STRIDES = {{1, 1}, {2, 2}, {3, 3}, {1, 2}};
  // the last is cut into parts that run on two threads
  private static final int[][] SIZES = {{1, 1}, {2, 3}, {5, 4}, {9, 7}, {15, 14}};
  private static final int[][] KERNELS = {{1, 1}, {3, 3}, {5, 5}, {1, 3}, {4, 2}};
  // the two of one axis alone reach the 3 x 3 kernels that are not dilated along rows
  private static final int[][] DILATIONS = {{1, 1}, {2, 2}, {3, 3}, {2, 1}, {1, 3}};
  private static final int NONE = 0;
  private static final int SAME = 1;
  private static final int ASYMMETRIC = 2;

  private static final List<ConvCase> CASES = cases();

  private static List<ConvCase> cases() {
    List<List<int[]>> blocks =
        List.of(channels(), windows(), axis(1, 2, 3), axis(1, 3), axis(0, 1));
    List<ConvCase> cases = new ArrayList<>();
    for (int[][] row : CoveringArray.of(blocks)) {
      int in = row[0][0];
      int groups = groups(in, row[0][1]);
      ConvGeometry g = geometry(row[1], STRIDES[row[0][2]], in, in * row[2][0], groups);
      cases.add(new ConvCase(g, row[3][0], row[4][0] == 1, false));
      cases.add(new ConvCase(g, row[3][0], row[4][0] == 1, true));
    }
    addFamilies(cases);
    return cases;
  }

  /**
   * Every window, with stride 1 and 2, for one group, groups of two and groups of one: these have
   * kernels of their own, some for a few windows only. Half of them are turned round, which runs
   * the same kernels.
   */
  private static void addFamilies(List<ConvCase> cases) {
    int number = 0;
    for (int[] window : windows()) {
      for (int s = 0; s < 2; s++) {
        int alone = 1 + number % 33;
        int pairs = 1 + number % 16;
        int dense = 1 + number % 9;
        boolean turned = number / 2 % 2 == 0;
        number++;
        for (ConvGeometry g :
            List.of(
                geometry(window, STRIDES[s], alone, alone, alone),
                geometry(window, STRIDES[s], 2 * pairs, 2 * pairs, pairs),
                geometry(window, STRIDES[s], dense, 10 - dense, 1))) {
          cases.add(new ConvCase(g, 1, false, turned));
        }
      }
    }
  }

  private static List<int[]> axis(int... values) {
    List<int[]> axis = new ArrayList<>();
    for (int v : values) {
      axis.add(new int[] {v});
    }
    return axis;
  }

  /** Channels, groups (1, 2, 3, half, all), stride. */
  private static List<int[]> channels() {
    List<int[]> channels = new ArrayList<>();
    for (int c = 1; c <= 33; c++) {
      for (int kind = 0; kind < 5; kind++) {
        int groups = groups(c, kind);
        boolean exact = kind != 3 || 2 * groups == c;
        for (int s = 0; s < STRIDES.length && exact && c % groups == 0; s++) {
          channels.add(new int[] {c, kind, s});
        }
      }
    }
    return channels;
  }

  private static int groups(int channels, int kind) {
    return switch (kind) {
      case 3 -> Math.max(1, channels / 2);
      case 4 -> channels;
      default -> kind + 1;
    };
  }

  /** Size, kernel, dilation, padding; without padding only where the window fits. */
  private static List<int[]> windows() {
    List<int[]> windows = new ArrayList<>();
    for (int s = 0; s < SIZES.length; s++) {
      for (int k = 0; k < KERNELS.length; k++) {
        for (int d = 0; d < DILATIONS.length; d++) {
          boolean fits =
              (KERNELS[k][0] - 1) * DILATIONS[d][0] < SIZES[s][0]
                  && (KERNELS[k][1] - 1) * DILATIONS[d][1] < SIZES[s][1];
          for (int padding = fits ? NONE : SAME; padding <= ASYMMETRIC; padding++) {
            windows.add(new int[] {s, k, d, padding});
          }
        }
      }
    }
    return windows;
  }

  private static ConvGeometry geometry(int[] window, int[] stride, int in, int out, int groups) {
    int[] size = SIZES[window[0]];
    int[] kernel = KERNELS[window[1]];
    int[] dilation = DILATIONS[window[2]];
    int rows = (kernel[0] - 1) * dilation[0] + 1;
    int columns = (kernel[1] - 1) * dilation[1] + 1;
    Padding padding =
        switch (window[3]) {
          case NONE -> Padding.valid();
          case SAME -> Padding.same();
          // the first row of windows lies in the padding as a whole
          default -> Padding.of(rows, 1, 0, Math.max(2, columns - size[1]));
        };
    return ConvOptions.padded(padding)
        .withStride(stride[0], stride[1])
        .withDilation(dilation[0], dilation[1])
        .withGroups(groups)
        .convolution(size[0], size[1], in, out, kernel[0], kernel[1]);
  }

  @Test
  void everyCombinationAgreesWithItsDefinitionAndItsTwin() {
    try (Workers one = new Workers(1);
        Workers two = new Workers(2)) {
      for (ConvCase c : CASES) {
        try {
          c.check(one, two);
        } catch (AssertionError | RuntimeException e) {
          ConvCase least = ConvShrink.shrink(c, s -> fails(s, one, two));
          throw new AssertionError("shrunk to\n" + least + "\nfrom " + e, e);
        }
      }
    }
  }

  private static boolean fails(ConvCase c, Workers one, Workers two) {
    try {
      c.check(one, two);
      return false;
    } catch (AssertionError | RuntimeException e) {
      return true;
    }
  }

  @Test
  void theCasesHoldEveryChannelCountWithEveryGroupingAndStride() {
    assertThat(CASES).hasSizeBetween(2500, 3500);
    for (int[] c : channels()) {
      assertThat(CASES)
          .anyMatch(k ->
              k.geometry().inChannels() == c[0]
                  && k.geometry().groups() == groups(c[0], c[1])
                  && k.geometry().strideHeight() == STRIDES[c[2]][0]
                  && k.geometry().strideWidth() == STRIDES[c[2]][1]);
    }
    for (int multiplier = 1; multiplier <= 3; multiplier++) {
      int times = multiplier;
      for (int channels = 1; channels <= 33; channels++) {
        int in = channels;
        assertThat(CASES)
            .anyMatch(
                k -> k.geometry().inChannels() == in && k.geometry().outChannels() == in * times);
      }
    }
  }

  @Test
  void aFailingCaseShrinksToALine() {
    ConvCase found =
        new ConvCase(
            new ConvGeometry(9, 7, 24, 48, 5, 5, 2, 2, 2, 2, 4, 4, 4, 4, 24), 5, true, false);
    ConvCase least =
        ConvShrink.shrink(found, c -> c.geometry().groups() > 1 && c.geometry().strideHeight() > 1);
    assertThat(least)
        .hasToString(
            "new ConvCase(new ConvGeometry(1, 1, 2, 2, 1, 1, 2, 1, 1, 1, 0, 0, 0, 0, 2), 1,"
                + " false, false).check(one, two);");
  }
}
