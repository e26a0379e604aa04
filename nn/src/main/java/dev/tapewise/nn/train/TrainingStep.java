package dev.tapewise.nn.train;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.loss.Loss;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.optim.Optimizer;
import dev.tapewise.nn.optim.Updater;
import java.util.function.UnaryOperator;

/**
 * One step of training, compiled: forward, loss, backward, update. The trainer plays it; a loop of
 * one's own may, too. Fill {@link #images} and {@link #labels}, then {@link #run}, which allocates
 * nothing.
 */
public final class TrainingStep {
  private final Program program;
  private final Updater updater;
  private final TensorView images;
  private final TensorView labels;
  private final TensorView logits;
  private final TensorView loss;
  private final long plannedBytes;

  private TrainingStep(
      Program program,
      Updater updater,
      long stateBytes,
      Var images,
      Var labels,
      Var logits,
      Var loss) {
    this.program = program;
    this.updater = updater;
    this.images = program.input(images);
    this.labels = program.input(labels);
    this.logits = program.value(logits);
    this.loss = program.value(loss);
    this.plannedBytes = program.memory().total() + stateBytes;
  }

  /**
   * Records and compiles a training step.
   *
   * @param batch the most images of a step
   * @param choice how to compile: {@code o -> o}, {@code CompileOptions::plain} or {@code
   *     CompileOptions::checkpoint}; the bits are the same
   * @throws dev.tapewise.autodiff.compile.InsufficientMemoryException if it does not fit, before
   *     anything is allocated
   */
  public static TrainingStep compile(
      Model model,
      Loss loss,
      Optimizer optimizer,
      int batch,
      Workers workers,
      Arena arena,
      UnaryOperator<CompileOptions> choice) {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch has at least 1 image, not " + batch);
    }
    Tape tape = model.tape(true);
    Var images = tape.input("images", model.imageShape(batch));
    Var labels = tape.labels("labels", batch);
    Var logits = model.logits(tape, images);
    Var mean = loss.record(logits, labels);
    CompileOptions options = CompileOptions.of(mean).keep(logits).workers(workers).arena(arena);
    Program program = tape.compile(choice.apply(options));
    Updater updater = optimizer.bind(model.parameters(), workers);
    StringConstants.make(TrainingStep.class);
    StringConstants.make(updater.getClass());
    StringConstants.make(ThreadAllocation.called());
    return new TrainingStep(
        program, updater, optimizer.stateBytes(model.parameters()), images, labels, logits, mean);
  }

  /**
   * Plays a step on the first {@code count} images.
   *
   * @param seed of dropout
   * @param step the step's number, from 0, on which dropout depends too
   * @return the mean loss before the update
   * @throws NonFiniteException if the loss is not finite; the parameters are then unchanged
   */
  public float run(int count, float learningRate, long seed, long step) {
    program.clock().set(seed, step);
    program.forward(count);
    float value = loss.array()[loss.offset()];
    if (!Float.isFinite(value)) {
      throw nonFinite(step, value);
    }
    program.backward();
    updater.update(learningRate);
    return value;
  }

  /**
   * Looks for parameters and statistics that are not finite after the last step.
   *
   * @throws NonFiniteException if there is one
   */
  public void check(long step) {
    String where = program.findNonFinite();
    if (where != null) {
      throw new NonFiniteException(
          step,
          "after step %d, %s. Training cannot go on from there; a smaller learning rate may help"
              .formatted(step, where));
    }
  }

  private NonFiniteException nonFinite(long step, float value) {
    String where = program.findNonFinite();
    return new NonFiniteException(
        step,
        "the loss of step %d is %s: %s"
            .formatted(
                step,
                value,
                where == null
                    ? "all parameters and statistics are finite, so the logits overflowed. Choose"
                        + " a smaller learning rate"
                    : where
                        + ". A smaller learning rate helps where training diverged; a file of"
                        + " weights may be damaged"));
  }

  /** Where images go, {@code [batch, height, width, channels]}. */
  public TensorView images() {
    return images;
  }

  /** Where class indices go, {@code [batch]}. */
  public TensorView labels() {
    return labels;
  }

  /** The logits of the last step, {@code [batch, classes]}. */
  public TensorView logits() {
    return logits;
  }

  /** The program that is played. */
  public Program program() {
    return program;
  }

  /** Bytes planned: the program's memory and the optimizer's state. */
  public long plannedBytes() {
    return plannedBytes;
  }

  /** The optimizer's pass and state. */
  public Updater updater() {
    return updater;
  }
}
