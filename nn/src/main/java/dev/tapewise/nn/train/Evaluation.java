package dev.tapewise.nn.train;

/**
 * How good a model is on a data set.
 *
 * @param accuracy the share of images whose most likely class is the labelled one, from 0 to 1
 * @param loss the mean loss
 * @param images how many images were evaluated
 */
public record Evaluation(double accuracy, double loss, long images) {

  @Override
  public String toString() {
    return "accuracy %.2f %%, loss %.4f on %d images".formatted(100 * accuracy, loss, images);
  }
}
