package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Plays a step on all sides, round by round.
 *
 * @param sides the first is Tapewise, which the others must agree with
 * @param rounds measurements of each side
 * @param seconds what a measurement lasts when it is warm
 */
record StepRounds(List<Side> sides, int rounds, double seconds) {
  private static final double SAME_LOSS = 1e-4;
  private static final int LOOK_STEPS = 2;
  private static final int LOOK_WARM_UP = 1;
  private static final int FEWEST_STEPS = 5;
  private static final int FEWEST_WARM_UP = 3;
  private static final double WARM_UP_SECONDS = 5;

  /** All measurements of one side. */
  record Result(Side side, List<JsonObject> measured) {
    List<Double> all(String field) {
      return measured.stream().map(json -> json.get(field).getAsDouble()).toList();
    }
  }

  /**
   * Plays a few steps to see that all sides compute the same and how long they take, then rounds,
   * every other one backwards.
   *
   * @throws IOException if a side fails or computes something else
   */
  List<Result> play(StepCase step) throws IOException, InterruptedException {
    System.err.println(step.title() + ": is it the same step?");
    List<JsonObject> looks = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    for (Side side : sides) {
      JsonObject look = side.measure(step, LOOK_WARM_UP, LOOK_STEPS);
      looks.add(look);
      same(step, side, "parameters", 0, looks.getFirst(), look);
      same(step, side, "first_loss", SAME_LOSS, looks.getFirst(), look);
      results.add(new Result(side, new ArrayList<>()));
    }
    for (int round = 0; round < rounds; round++) {
      System.err.printf("  round %d of %d, images/s:", round + 1, rounds);
      for (int i = 0; i < sides.size(); i++) {
        int at = round % 2 == 0 ? i : sides.size() - 1 - i;
        double millis = looks.get(at).get("step_ms_median").getAsDouble();
        JsonObject measured =
            sides
                .get(at)
                .measure(
                    step,
                    Math.max(FEWEST_WARM_UP, (int) Math.ceil(1000 * WARM_UP_SECONDS / millis)),
                    Math.max(FEWEST_STEPS, (int) Math.ceil(1000 * seconds / millis)));
        results.get(at).measured.add(measured);
        System.err.printf(
            Locale.ROOT,
            "  %s %.1f",
            sides.get(at).title(),
            measured.get("images_per_second").getAsDouble());
      }
      System.err.println();
    }
    return results;
  }

  private static void same(
      StepCase step, Side side, String what, double within, JsonObject first, JsonObject other)
      throws IOException {
    double expected = first.get(what).getAsDouble();
    double found = other.get(what).getAsDouble();
    if (!(Math.abs(expected - found) <= within)) {
      throw new IOException(
          "%s: the sides do not compute the same: %s is %s with Tapewise and %s with %s"
              .formatted(step.title(), what, expected, found, side.title()));
    }
  }
}
