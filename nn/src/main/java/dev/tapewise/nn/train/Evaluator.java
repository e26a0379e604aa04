package dev.tapewise.nn.train;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.data.DataLoader;
import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.Model;

/** Evaluates a model that is not trained any more: only the forward pass is compiled. */
public final class Evaluator implements AutoCloseable {
  private final Model model;
  private final Normalisation normalisation;
  private final int batch;
  private final Workers workers;
  private final EvaluationPass pass;

  /**
   * Records and compiles.
   *
   * @param normalisation the one that the model was trained with
   * @param batch images at a time; it changes no result
   */
  public Evaluator(Model model, Normalisation normalisation, int batch, int threads) {
    this.model = model;
    this.normalisation = normalisation;
    this.batch = batch;
    this.workers = new Workers(threads);
    this.pass = EvaluationPass.compile(model, CrossEntropy.plain(), batch, workers, new Arena());
  }

  /**
   * Evaluates every image once.
   *
   * @throws NonFiniteException if the loss is not finite
   */
  public Evaluation evaluate(ImageDataset data) {
    Fitting.check(model, data);
    try (DataLoader loader =
        DataLoader.inOrder(data, Math.min(batch, data.size()), normalisation, model.channels())) {
      return pass.run(loader);
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    workers.close();
  }
}
