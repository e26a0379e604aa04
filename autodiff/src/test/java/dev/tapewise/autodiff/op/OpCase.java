package dev.tapewise.autodiff.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.ShrinkingDistance;

/**
 * A drawn case of an op, printed as a line that can be pasted into a test, which draws it again. A
 * case that fails shrinks by its choices: smaller sizes, fewer options.
 */
final class OpCase {
  private final OpSpecs.Spec spec;
  private final long seed;
  private final int[] choices;
  private final OpSample sample;

  private OpCase(OpSpecs.Spec spec, long seed, Draw draw) {
    this.spec = spec;
    this.seed = seed;
    this.sample = spec.draw().apply(draw);
    this.choices = draw.choices();
  }

  /** Any case. */
  static OpCase any(OpSpecs.Spec spec, long seed) {
    return new OpCase(spec, seed, new Draw(seed));
  }

  /** Mostly small ones. */
  static OpCase small(OpSpecs.Spec spec, long seed) {
    return new OpCase(spec, seed, Draw.small(seed));
  }

  /** The case that a failure printed. */
  static OpCase of(String name, long seed, int... choices) {
    for (OpSpecs.Spec spec : OpSpecs.all()) {
      if (spec.name().equals(name)) {
        return new OpCase(spec, seed, Draw.replay(seed, choices));
      }
    }
    throw new IllegalArgumentException("no op is named \"" + name + "\" in OpSpecs");
  }

  OpSpecs.Spec spec() {
    return spec;
  }

  OpSample sample() {
    return sample;
  }

  long seed() {
    return seed;
  }

  /** Cases with one choice made simpler, the simplest first. */
  List<OpCase> simpler() {
    List<OpCase> cases = new ArrayList<>();
    for (int i = 0; i < choices.length; i++) {
      for (int choice : new int[] {0, choices[i] / 2, choices[i] - 1}) {
        if (choice < 0 || choice >= choices[i]) {
          continue;
        }
        int[] changed = choices.clone();
        changed[i] = choice;
        addIfSimpler(cases, changed);
      }
    }
    return cases;
  }

  private void addIfSimpler(List<OpCase> cases, int[] changed) {
    OpCase other;
    try {
      other = new OpCase(spec, seed, Draw.replay(seed, changed));
    } catch (IllegalArgumentException e) {
      return; // these choices do not fit together
    }
    if (other.distance().compareTo(distance()) < 0) {
      cases.add(other);
    }
  }

  /** How far it is from the simplest case. */
  ShrinkingDistance distance() {
    return ShrinkingDistance.of(Arrays.stream(choices).asLongStream().sum());
  }

  /** As jqwik shrinks it. */
  Shrinkable<OpCase> shrinkable() {
    return new Simpler(this);
  }

  private record Simpler(OpCase value) implements Shrinkable<OpCase> {
    @Override
    public Stream<Shrinkable<OpCase>> shrink() {
      return value.simpler().stream().map(Simpler::new);
    }

    @Override
    public ShrinkingDistance distance() {
      return value.distance();
    }
  }

  /** The line to paste. */
  String line() {
    String list = Arrays.stream(choices).mapToObj(c -> ", " + c).collect(Collectors.joining());
    return "new OpProof(OpCase.of(\"%s\", %dL%s)).holds();".formatted(spec.name(), seed, list);
  }

  @Override
  public String toString() {
    return line() + " // " + sample;
  }
}
