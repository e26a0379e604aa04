package dev.tapewise.nn.model;

import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.nn.layer.Layer;

/**
 * A network with its parameters: what it reads, what it tells apart, and how it is recorded. The
 * parameters exist from the start and belong to the model; tapes and programs come and go over
 * them.
 */
public final class Model {
  private final String name;
  private final Layer network;
  private final ParameterStore parameters;
  private final int height;
  private final int width;
  private final int channels;
  private final int classes;

  private Model(
      String name,
      Layer network,
      ParameterStore parameters,
      int height,
      int width,
      int channels,
      int classes) {
    this.name = name;
    this.network = network;
    this.parameters = parameters;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.classes = classes;
    // Recorded once: makes the parameters, in the order of their names in files, and checks shapes.
    Tape tape = new Tape(parameters, false);
    logits(tape, tape.input("images", imageShape(1)));
  }

  /**
   * A model of one network.
   *
   * @param network records {@code [N, classes]} from {@code [N, height, width, channels]}
   * @throws IllegalArgumentException if the network does not fit these images and classes
   */
  public static Model of(
      String name, Layer network, int height, int width, int channels, int classes) {
    return new Model(name, network, new ParameterStore(), height, width, channels, classes);
  }

  /** This model, with the same parameters, for images of another size. */
  public Model at(int newHeight, int newWidth) {
    return new Model(name, network, parameters, newHeight, newWidth, channels, classes);
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** The parameters, shared by all programs of this model. */
  public ParameterStore parameters() {
    return parameters;
  }

  /** The number of trainable values. */
  public long parameterCount() {
    return parameters.count();
  }

  /** Rows of an image. */
  public int height() {
    return height;
  }

  /** Columns of an image. */
  public int width() {
    return width;
  }

  /** Channels of an image. */
  public int channels() {
    return channels;
  }

  /** The number of classes. */
  public int classes() {
    return classes;
  }

  /** The shape of a batch of images: {@code [batch, height, width, channels]}. */
  public Shape imageShape(int batch) {
    return Shape.of(batch, height, width, channels);
  }

  /** Fills all parameters by their initializers: the same values for the same seed. */
  public Model initialize(long seed) {
    parameters.initialize(seed);
    return this;
  }

  /** A tape over the parameters of this model. */
  public Tape tape(boolean training) {
    return new Tape(parameters, training);
  }

  /**
   * Records the network.
   *
   * @param tape a tape over the parameters of this model
   * @param images {@code [N, height, width, channels]} of that tape
   * @return {@code [N, classes]}
   */
  public Var logits(Tape tape, Var images) {
    if (tape.parameters() != parameters) {
      throw new IllegalArgumentException(
          "this tape has other parameters than %s. Make it with model.tape(training)"
              .formatted(name));
    }
    int batch = images.shape().axis(0);
    if (!images.shape().equals(imageShape(batch))) {
      throw new IllegalArgumentException(
          "%s reads images of %s, got %s".formatted(name, imageShape(batch), images.shape()));
    }
    Var logits = network.apply(images);
    Shape wanted = Shape.of(batch, classes);
    if (!logits.shape().equals(wanted)) {
      throw new IllegalArgumentException(
          "%s gives %s where logits of %s are wanted".formatted(name, logits.shape(), wanted));
    }
    return logits;
  }

  @Override
  public String toString() {
    return "%s, %d×%d×%d images, %d classes, %d parameters"
        .formatted(name, height, width, channels, classes, parameterCount());
  }
}
