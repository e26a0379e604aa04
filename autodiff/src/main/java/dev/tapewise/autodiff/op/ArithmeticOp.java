package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Broadcast;
import dev.tapewise.core.kernel.Arithmetic;
import java.util.List;

/**
 * {@code a + b}, {@code a - b}, {@code a * b} or {@code a / b}, element by element. Shapes meet as
 * NumPy has it: aligned at the last axis, an axis of size 1 or a missing one is repeated. Gradients
 * are summed back to each shape.
 */
public final class ArithmeticOp implements Op {
  private final Kind kind;

  /** Which of the four. */
  enum Kind {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE
  }

  private ArithmeticOp(Kind kind) {
    this.kind = kind;
  }

  /** {@code a + b}, such as a block and its shortcut. */
  public static ArithmeticOp add() {
    return new ArithmeticOp(Kind.ADD);
  }

  /** {@code a - b}. */
  public static ArithmeticOp subtract() {
    return new ArithmeticOp(Kind.SUBTRACT);
  }

  /** {@code a * b}. */
  public static ArithmeticOp multiply() {
    return new ArithmeticOp(Kind.MULTIPLY);
  }

  /** {@code a / b}; a quotient by zero is infinite or NaN as IEEE 754 has it. */
  public static ArithmeticOp divide() {
    return new ArithmeticOp(Kind.DIVIDE);
  }

  @Override
  public String name() {
    return switch (kind) {
      case ADD -> "add";
      case SUBTRACT -> "sub";
      case MULTIPLY -> "mul";
      case DIVIDE -> "div";
    };
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Broadcast.result(inputs.get(0), inputs.get(1));
  }

  @Override
  public void check(List<Var> inputs) {
    int rank = Math.max(inputs.get(0).shape().rank(), inputs.get(1).shape().rank());
    for (Var v : inputs) {
      if (v.batched() && v.shape().rank() < rank) {
        throw new IllegalArgumentException(
            "the batch of %s would meet axis %d of the other tensor, not its axis 0. Reshape it to %d axes, the batch first"
                .formatted(v, rank - v.shape().rank(), rank));
      }
    }
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return kind == Kind.MULTIPLY || (kind == Kind.DIVIDE && input == 1);
  }

  @Override
  public boolean backwardReadsOutput() {
    return kind == Kind.DIVIDE;
  }

  @Override
  public boolean passesGradient(int input) {
    return kind == Kind.ADD || (kind == Kind.SUBTRACT && input == 0);
  }

  @Override
  public boolean cheapToRepeat() {
    return kind == Kind.ADD;
  }

  @Override
  public boolean acceptsReading(int input) {
    return kind == Kind.ADD;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Arithmetic kernel = binding.kernels().arithmetic();
    Operand y = binding.output();
    WholeBatch.require(binding, binding.input(0), binding.input(1));
    Broadcast meeting =
        Broadcast.of(binding.input(0).shape(), binding.input(1).shape(), y.batched());
    boolean raw = binding.input(0).reading().isRaw() && binding.input(1).reading().isRaw();
    if (!raw && meeting.isEqual()) {
      binding.play(StagedSum.of(binding, binding.input(0), binding.input(1)));
      return;
    }
    Operand a = StageTask.plain(binding, binding.input(0));
    Operand b = StageTask.plain(binding, binding.input(1));
    BroadcastTask.Rows rows =
        switch (kind) {
          case ADD -> kernel::add;
          case SUBTRACT -> kernel::subtract;
          case MULTIPLY -> kernel::multiply;
          case DIVIDE -> kernel::divide;
        };
    binding.play(
        new BroadcastTask(
            binding,
            rows,
            meeting,
            y.data(),
            y.offset(),
            a.data(),
            a.offset(),
            b.data(),
            b.offset()));
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget da = binding.inputGradient(0);
    GradientTarget db = binding.inputGradient(1);
    switch (kind) {
      case ADD -> ArithmeticGradients.add(binding, da, db, AxisSums.Divisor.ONE);
      case SUBTRACT -> ArithmeticGradients.add(binding, da, db, AxisSums.Divisor.MINUS_ONE);
      case MULTIPLY -> ArithmeticGradients.multiply(binding, da, db);
      case DIVIDE -> ArithmeticGradients.divide(binding, da, db);
    }
  }
}
