package dev.tapewise.nn.model;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.nn.data.Normalisation;

/**
 * Asks a model about one image at a time: its forward pass in evaluation mode, compiled for one
 * image and one thread. It sees every change of the model's parameters. Used by one thread at a
 * time; several predictors of one model may be used at the same time while nothing trains it.
 */
public final class Predictor {
  private final Model model;
  private final ImageInput input;
  private final Program program;
  private final TensorView images;
  private final TensorView logits;

  /**
   * Compiles the forward pass of a model.
   *
   * @param normalisation the one that the model was trained with
   */
  public Predictor(Model model, Normalisation normalisation) {
    this.model = model;
    this.input = new ImageInput(model, normalisation);
    Tape tape = model.tape(false);
    Var x = tape.input("images", model.imageShape(1));
    Var y = model.logits(tape, x);
    this.program = tape.compile(CompileOptions.forwardOnly(y));
    this.images = program.input(x);
    this.logits = program.value(y);
  }

  /**
   * Asks about an image.
   *
   * @param image {@code [height, width, channels]} with pixels from 0 to 255; one channel where the
   *     normalisation has one, which is repeated over the model's
   * @throws IllegalArgumentException if the image has another size
   * @throws IllegalStateException if a logit is not finite
   */
  public Prediction predict(float[] image) {
    images.set(input.normalised(image));
    program.forward();
    for (int i = 0; i < model.classes(); i++) {
      if (!Float.isFinite(logits.get(i))) {
        String where = program.findNonFinite();
        throw new IllegalStateException(
            "the logit of class %d is %s: %s"
                .formatted(i, logits.get(i), where == null ? "the logits overflowed" : where));
      }
    }
    return Prediction.of(logits.array(), logits.offset(), model.classes());
  }
}
