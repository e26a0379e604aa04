package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Slab;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model: values in one slab, gradients in a second with the same offsets,
 * buffers in a third. Parameters are added while recording; the slabs are laid out at the first
 * use, after which no parameter can be added.
 */
public final class ParameterStore {
  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private int size;
  private int bufferSize;
  private @Nullable Slab values;
  private @Nullable Slab gradients;
  private @Nullable Slab buffers;
  private boolean initialized;

  /**
   * The parameter of this name, made if there is none.
   *
   * @throws IllegalArgumentException if there is one of another shape or role
   * @throws IllegalStateException if it is new and the slabs are laid out already
   */
  public Parameter parameter(String name, Shape shape, Role role, Initializer initializer) {
    Parameter found = byName.get(name);
    if (found != null) {
      if (!found.shape().equals(shape) || found.role() != role) {
        throw new IllegalArgumentException(
            "parameter \"%s\" is %s %s already and cannot become %s %s. Use another name"
                .formatted(name, found.role(), found.shape(), role, shape));
      }
      return found;
    }
    if (values != null) {
      throw new IllegalStateException(
          "parameter \"%s\" cannot be added: the parameters were laid out when a program was compiled. Record all"
                  .formatted(name)
              + " parameters first, or use a new ParameterStore");
    }
    boolean buffer = role == Role.BUFFER;
    int at = buffer ? bufferSize : size;
    Parameter made = new Parameter(this, name, shape, role, initializer, at);
    int next = Math.addExact(at, Scratch.roundUp(shape.intSize()));
    if (buffer) {
      bufferSize = next;
    } else {
      size = next;
    }
    byName.put(name, made);
    return made;
  }

  /** The parameter of this name. */
  public Parameter get(String name) {
    Parameter found = byName.get(name);
    if (found == null) {
      throw new IllegalArgumentException("there is no parameter \"" + name + "\"");
    }
    return found;
  }

  /** All parameters and buffers in the order in which they were recorded. */
  public ImmutableList<Parameter> all() {
    return ImmutableList.copyOf(byName.values());
  }

  /** The trainable parameters in order. */
  public ImmutableList<Parameter> trainable() {
    return byName.values().stream()
        .filter(Parameter::trainable)
        .collect(ImmutableList.toImmutableList());
  }

  /** The number of trainable values. */
  public long count() {
    long n = 0;
    for (Parameter p : byName.values()) {
      n += p.trainable() ? p.size() : 0;
    }
    return n;
  }

  /** Floats of the parameter slab, gaps for alignment included. */
  public int slabSize() {
    return size;
  }

  /** Bytes of values, gradients and buffers together. */
  public long bytes() {
    return (2L * size + bufferSize) * Float.BYTES;
  }

  /** Fills every parameter by its initializer; stream numbers follow the order of recording. */
  public void initialize(long seed) {
    initialized = true;
    int stream = 0;
    for (Parameter p : byName.values()) {
      p.initializer().fill(p.values(), p.valueOffset(), p.shape(), seed, stream++);
    }
  }

  /** Fills every parameter with seed 0 unless that was done before. */
  public void initializeOnce() {
    initializeOnce(0);
  }

  /** Fills every parameter unless that was done before, or the values were set by other means. */
  public void initializeOnce(long seed) {
    if (!initialized) {
      initialize(seed);
    }
  }

  /**
   * Says that the values were set by other means, so that {@link #initializeOnce} leaves them
   * alone.
   */
  public void markInitialized() {
    initialized = true;
  }

  /** The slab of the trainable values, or of the buffers. */
  public Slab values(Role role) {
    layOut();
    Slab slab = role == Role.BUFFER ? buffers : values;
    if (slab == null) {
      throw new AssertionError("laid out above");
    }
    return slab;
  }

  /** The slab of the gradients. */
  public Slab gradients() {
    layOut();
    Slab slab = gradients;
    if (slab == null) {
      throw new AssertionError("laid out above");
    }
    return slab;
  }

  private void layOut() {
    if (values == null) {
      values = Slab.allocate(size);
      gradients = Slab.allocate(size);
      buffers = Slab.allocate(bufferSize);
    }
  }
}
