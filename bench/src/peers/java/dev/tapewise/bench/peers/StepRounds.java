package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Plays a step on all sides, round by round.
 *
 * @param sides the first ones are Tapewise; the parameters of all must agree
 * @param tapewise how many of the sides are Tapewise
 * @param rounds measurements of each side
 * @param seconds what a measurement lasts when it is warm
 */
record StepRounds(List<Side> sides, int tapewise, int rounds, double seconds) {
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

  /** Whether two first losses are of the same step. */
  static boolean sameLoss(double one, double other) {
    return Math.abs(one - other) <= SAME_LOSS;
  }

  /**
   * Plays a few steps to see that the sides compute the same and how long they take, then rounds,
   * every other one backwards. A PyTorch whose first loss is another is named and goes on, as long
   * as one agrees with Tapewise.
   *
   * @throws IOException if a side fails or has other parameters, if the sides of Tapewise differ,
   *     or if no PyTorch computes what they do
   */
  List<Result> play(StepCase step) throws IOException, InterruptedException {
    System.err.println(step.title() + ": is it the same step?");
    List<JsonObject> looks = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Side side : sides) {
      JsonObject look = side.measure(step, LOOK_WARM_UP, LOOK_STEPS);
      looks.add(look);
      sameParameters(step, side, looks.getFirst(), look);
      double expected = loss(looks.getFirst());
      if (!sameLoss(expected, loss(look))) {
        others.add(
            "first_loss is %s with Tapewise and %s with %s"
                .formatted(expected, loss(look), side.title()));
        boolean ours = looks.size() <= tapewise;
        if (ours || others.size() == sides.size() - tapewise) {
          throw new IOException(
              step.title() + ": the sides do not compute the same: " + String.join("; ", others));
        }
      }
      results.add(new Result(side, new ArrayList<>()));
    }
    others.forEach(other -> System.err.println("  not the same step: " + other));
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

  private static double loss(JsonObject look) {
    return look.get("first_loss").getAsDouble();
  }

  private static void sameParameters(StepCase step, Side side, JsonObject first, JsonObject other)
      throws IOException {
    long expected = first.get("parameters").getAsLong();
    long found = other.get("parameters").getAsLong();
    if (expected != found) {
      throw new IOException(
          "%s: the sides do not compute the same: %d parameters with Tapewise and %d with %s"
              .formatted(step.title(), expected, found, side.title()));
    }
  }
}
