package dev.tapewise.nn.train;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.data.Batch;
import dev.tapewise.nn.data.DataLoader;
import dev.tapewise.nn.loss.Loss;
import dev.tapewise.nn.model.Model;

/** The forward pass of a model in evaluation mode, compiled. */
final class EvaluationPass {
  private final Program program;
  private final TensorView images;
  private final TensorView labels;
  private final TensorView logits;
  private final TensorView loss;
  private final int classes;

  private EvaluationPass(
      Program program, Var images, Var labels, Var logits, Var loss, int classes) {
    this.program = program;
    this.images = program.input(images);
    this.labels = program.input(labels);
    this.logits = program.value(logits);
    this.loss = program.value(loss);
    this.classes = classes;
  }

  static EvaluationPass compile(Model model, Loss loss, int batch, Workers workers, Arena arena) {
    Tape tape = model.tape(false);
    Var images = tape.input("images", model.imageShape(batch));
    Var labels = tape.labels("labels", batch);
    Var logits = model.logits(tape, images);
    Var mean = loss.record(logits, labels);
    Program program =
        tape.compile(CompileOptions.forwardOnly(mean, logits).workers(workers).arena(arena));
    return new EvaluationPass(program, images, labels, logits, mean, model.classes());
  }

  /** Plays over all batches of a loader. */
  Evaluation run(DataLoader loader) {
    Average average = new Average();
    Accuracy accuracy = new Accuracy();
    loader.start(0);
    for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
      int count = batch.count();
      BatchCopy.copy(batch, images, labels);
      program.forward(count);
      checkFinite(batch);
      average.add(loss.get(0), count);
      accuracy.add(
          logits.array(), logits.offset(), labels.array(), labels.offset(), count, classes);
    }
    return new Evaluation(accuracy.value(), average.mean(), accuracy.images());
  }

  private void checkFinite(Batch batch) {
    float value = loss.get(0);
    if (!Float.isFinite(value)) {
      String where = program.findNonFinite();
      throw new NonFiniteException(
          batch.number(),
          "the loss of batch %d of the evaluation is %s: %s"
              .formatted(batch.number(), value, where == null ? "the logits overflowed" : where));
    }
  }
}
