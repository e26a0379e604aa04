package dev.tapewise.nn.train;

import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.model.Model;

/** Checks that a model and a data set belong together. */
final class Fitting {
  private Fitting() {}

  static void check(Model model, ImageDataset data) {
    if (data.height() != model.height()
        || data.width() != model.width()
        || (data.channels() != model.channels() && data.channels() != 1)) {
      throw new IllegalArgumentException(
          ("%s reads images of %d × %d × %d, the data set has %d × %d × %d."
                  + " Build the model for that size")
              .formatted(
                  model.name(),
                  model.height(),
                  model.width(),
                  model.channels(),
                  data.height(),
                  data.width(),
                  data.channels()));
    }
    if (data.classes() != model.classes()) {
      throw new IllegalArgumentException(
          "%s tells %d classes apart, the data set has %d. Build the model for %d classes"
              .formatted(model.name(), model.classes(), data.classes(), data.classes()));
    }
  }
}
