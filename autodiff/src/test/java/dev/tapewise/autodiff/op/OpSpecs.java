package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The registry of ops: how to draw a case of each, family by family. What holds for every op is
 * tested over this list.
 */
final class OpSpecs {

  /**
   * An op.
   *
   * @param type its class
   * @param name what is drawn
   * @param linear whether the output is linear in input 0
   * @param draw draws a case
   */
  record Spec(
      Class<? extends Op> type, String name, boolean linear, Function<Draw, OpSample> draw) {
    @Override
    public String toString() {
      return name;
    }
  }

  private OpSpecs() {}

  static List<Spec> all() {
    List<Spec> all = new ArrayList<>();
    all.addAll(ArithmeticSpecs.all());
    all.addAll(BasicSpecs.all());
    all.addAll(UnarySpecs.all());
    all.addAll(BatchNormSpecs.all());
    all.addAll(ConvSpecs.all());
    all.addAll(CrossEntropySpecs.all());
    all.addAll(LossSpecs.all());
    all.addAll(LinearSpecs.all());
    all.addAll(MatMulSpecs.all());
    all.addAll(MoveSpecs.all());
    all.addAll(NormSpecs.all());
    all.addAll(PoolSpecs.all());
    return List.copyOf(all);
  }
}
