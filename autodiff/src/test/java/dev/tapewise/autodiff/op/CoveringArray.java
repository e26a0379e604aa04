package dev.tapewise.autodiff.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Few rows that together hold every combination within a block of factors and every pair of values
 * of two factors of different blocks.
 *
 * <p>Greedy: each row starts from something not yet covered and is the best of some random ones.
 * The same blocks always give the same rows.
 */
final class CoveringArray {
  private static final int CANDIDATES = 40;

  private final List<List<int[]>> blocks;
  private final Random random = new Random(1);
  private final Set<String> open = new HashSet<>();

  private CoveringArray(List<List<int[]>> blocks) {
    this.blocks = blocks;
  }

  /**
   * The rows: for each block one of its combinations.
   *
   * @param blocks for each block all its combinations of values
   */
  static List<int[][]> of(List<List<int[]>> blocks) {
    return new CoveringArray(blocks).rows();
  }

  private List<int[][]> rows() {
    List<int[][]> starts = new ArrayList<>();
    for (int a = 0; a < blocks.size(); a++) {
      for (int b = a + 1; b < blocks.size(); b++) {
        for (int[] first : blocks.get(a)) {
          for (int[] second : blocks.get(b)) {
            int[][] start = new int[blocks.size()][];
            start[a] = first;
            start[b] = second;
            open.addAll(covered(start));
            starts.add(start);
          }
        }
      }
    }
    Collections.shuffle(starts, random);
    List<int[][]> rows = new ArrayList<>();
    for (int[][] start : starts) {
      if (!Collections.disjoint(open, covered(start))) {
        int[][] row = best(start);
        open.removeAll(covered(row));
        rows.add(row);
      }
    }
    return rows;
  }

  private int[][] best(int[][] start) {
    int[][] best = start;
    int most = -1;
    for (int i = 0; i < CANDIDATES; i++) {
      int[][] row = start.clone();
      for (int b = 0; b < row.length; b++) {
        if (row[b] == null) {
          row[b] = blocks.get(b).get(random.nextInt(blocks.get(b).size()));
        }
      }
      int fresh = 0;
      for (String item : covered(row)) {
        fresh += open.contains(item) ? 1 : 0;
      }
      if (fresh > most) {
        most = fresh;
        best = row;
      }
    }
    return best;
  }

  /** What a row, or a part of one, covers. */
  private static List<String> covered(int[][] row) {
    List<String> items = new ArrayList<>();
    for (int a = 0; a < row.length; a++) {
      if (row[a] == null) {
        continue;
      }
      items.add(a + java.util.Arrays.toString(row[a]));
      for (int b = a + 1; b < row.length; b++) {
        for (int i = 0; row[b] != null && i < row[a].length; i++) {
          for (int j = 0; j < row[b].length; j++) {
            items.add(a + "." + i + "=" + row[a][i] + " " + b + "." + j + "=" + row[b][j]);
          }
        }
      }
    }
    return items;
  }
}
