package dev.tapewise.nn.model;

import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.layer.Layer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A network with its parameters: what it reads, what it tells apart, and how it is recorded. The
 * parameters exist from the start and belong to the model; tapes and programs come and go over
 * them. A model also knows how the pixels were scaled that it was trained on, so that {@link
 * #predict} takes images as they are.
 *
 * <p>Used by one thread at a time. Threads that predict at the same time have a {@link Predictor}
 * each.
 */
public final class Model {
  private final String name;
  private final Layer network;
  private final ParameterStore parameters;
  private final int height;
  private final int width;
  private final int channels;
  private final int classes;
  private @Nullable Normalisation normalisation;
  private @Nullable Predictor predictor;

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

  /** This model, with the same parameters and normalisation, for images of another size. */
  public Model at(int newHeight, int newWidth) {
    Model other = new Model(name, network, parameters, newHeight, newWidth, channels, classes);
    other.normalisation = normalisation;
    return other;
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

  /**
   * How pixels are scaled, or null where that is not known: a trainer sets it, and {@link #load}
   * finds it in files that {@link #save} wrote.
   */
  public @Nullable Normalisation normalisation() {
    return normalisation;
  }

  /**
   * Says how the pixels were scaled that the parameters were trained on, where they come from
   * another library.
   *
   * @param chosen for {@link #channels} channels, or for 1, which stands for grey images
   */
  public Model normalisation(Normalisation chosen) {
    ImageInput.checkChannels(this, chosen);
    normalisation = chosen;
    predictor = null;
    return this;
  }

  /**
   * Writes parameters, running statistics and the normalisation as a safetensors file with the
   * names and the order of axes that the same network has in PyTorch, whole or not at all.
   *
   * @param file created or replaced
   * @throws IOException if it could not be written; an old one is then still there
   */
  public void save(Path file) throws IOException {
    ModelFile.save(this, file);
  }

  /**
   * Reads parameters and running statistics from a safetensors file, ours or PyTorch's, and the
   * normalisation where the file has one. The file must have exactly the tensors of this network,
   * of type F32, F16, BF16 or F64; where it does not, nothing is changed.
   *
   * @throws dev.tapewise.nn.io.MalformedFileException if tensors are missing, unknown, or of
   *     another shape or type: one error names up to five of them
   * @throws IOException if the file cannot be read
   */
  public Model load(Path file) throws IOException {
    ModelFile.load(this, file);
    return this;
  }

  /**
   * Asks about one image. The first call compiles the forward pass for it; use an {@code Evaluator}
   * for a whole data set.
   *
   * @param image {@code [height, width, channels]} with pixels from 0 to 255, as data sets and
   *     {@code java.awt.image.Raster.getPixels} give them; {@code [height, width]} where the
   *     normalisation is one of grey images
   * @throws IllegalStateException if the normalisation is not known, or the network gives logits
   *     that are not finite
   */
  public Prediction predict(float[] image) {
    Predictor asked = predictor;
    if (asked == null) {
      Normalisation scale = normalisation;
      if (scale == null) {
        throw new IllegalStateException(
            ("how the pixels of %s are scaled is not known: train it, load a file that save()"
                    + " wrote, or say it with normalisation()")
                .formatted(name));
      }
      asked = new Predictor(this, scale);
      predictor = asked;
    }
    return asked.predict(image);
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
