package dev.tapewise.nn.model;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;

/**
 * Asks a model about one image at a time: its forward pass in evaluation mode, compiled for one
 * image and one thread. It sees every change of the model's parameters. Used by one thread at a
 * time.
 */
public final class Predictor {
  private final Model model;
  private final Program program;
  private final Var images;
  private final Var logits;

  /** Compiles the forward pass of a model. */
  public Predictor(Model model) {
    this.model = model;
    Tape tape = model.tape(false);
    this.images = tape.input("images", model.imageShape(1));
    this.logits = model.logits(tape, images);
    this.program = tape.compile(CompileOptions.forwardOnly(logits));
  }

  /**
   * Asks about an image.
   *
   * @param image {@code [height, width, channels]}, normalised as the images were that the model
   *     was trained on
   */
  public Prediction predict(float[] image) {
    int size = model.imageShape(1).intSize();
    if (image.length != size) {
      throw new IllegalArgumentException(
          "%s reads an image of %d × %d × %d, which are %d values, got %d"
              .formatted(
                  model.name(),
                  model.height(),
                  model.width(),
                  model.channels(),
                  size,
                  image.length));
    }
    program.input(images).set(image);
    program.forward();
    var view = program.value(logits);
    return Prediction.of(view.array(), view.offset(), model.classes());
  }
}
