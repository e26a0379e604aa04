package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.compile.Compiler;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Records a network once, symbolically: shapes are checked at once, nothing is computed. {@link
 * #compile(Var)} makes the {@link Program} that is played every step.
 *
 * <p>A tape records for training or for evaluation: batch norm and dropout record different ops.
 * Tapes that share a {@link ParameterStore} share parameters. Not safe for use by several threads.
 */
public final class Tape {
  private final ParameterStore store;
  private final boolean training;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Var> inputs = new ArrayList<>();
  private final List<String> scopes = new ArrayList<>();
  private int streams;

  /** A tape for training with parameters of its own. */
  public Tape() {
    this(new ParameterStore(), true);
  }

  /** A tape over the parameters of a model. */
  public Tape(ParameterStore store, boolean training) {
    this.store = store;
    this.training = training;
  }

  /** The parameters. */
  public ParameterStore parameters() {
    return store;
  }

  /** Whether norms and dropout are recorded for training. */
  public boolean training() {
    return training;
  }

  /** What was recorded so far. */
  public ImmutableList<Node> nodes() {
    return ImmutableList.copyOf(nodes);
  }

  /** The inputs so far. */
  public ImmutableList<Var> inputs() {
    return ImmutableList.copyOf(inputs);
  }

  /** An input whose axis 0 is the batch: its size is the most images that will be played. */
  public Var input(String name, Shape shape) {
    return addInput(name, shape, true);
  }

  /** Class indices of a batch, {@code [batch]}, stored as floats. */
  public Var labels(String name, int batch) {
    return input(name, Shape.of(batch));
  }

  /** An input without a batch axis. */
  public Var constant(String name, Shape shape) {
    return addInput(name, shape, false);
  }

  private Var addInput(String name, Shape shape, boolean batched) {
    Var var = new Var(this, shape, batched, name, null, null);
    inputs.add(var);
    return var;
  }

  /** A trainable weight under the current layer path. */
  public Var parameter(String name, Shape shape, Initializer initializer) {
    return parameter(name, shape, Role.WEIGHT, initializer);
  }

  /** A trainable parameter under the current layer path. */
  public Var parameter(String name, Shape shape, Role role, Initializer initializer) {
    return read(store.parameter(path(name), shape, role, initializer));
  }

  /** State under the current layer path that is not trained. */
  public Parameter buffer(String name, Shape shape, Initializer initializer) {
    return store.parameter(path(name), shape, Role.BUFFER, initializer);
  }

  /** A parameter of the store as a tensor of this tape. */
  public Var read(Parameter parameter) {
    return new Var(this, parameter.shape(), false, parameter.name(), null, parameter);
  }

  /** Enters a layer: names recorded until {@link #exit} stand under it. */
  public void enter(String layer) {
    scopes.add(layer);
  }

  /** Leaves the layer that was entered last. */
  public void exit() {
    scopes.removeLast();
  }

  /** The current layer path. */
  public String path() {
    return String.join(".", scopes);
  }

  private String path(String name) {
    return scopes.isEmpty() ? name : path() + "." + name;
  }

  int nextStream() {
    return streams++;
  }

  /** Records an op. */
  public Var record(Op op, List<Var> operands) {
    for (Var v : operands) {
      if (v.tape() != this) {
        throw new IllegalArgumentException(
            "%s: %s was recorded on another tape. Record the whole network on one tape"
                .formatted(where(op.name()), v));
      }
    }
    List<Shape> shapes = new ArrayList<>();
    for (Var v : operands) {
      shapes.add(v.shape());
    }
    Shape shape;
    try {
      shape = op.shape(List.copyOf(shapes));
      op.check(List.copyOf(operands));
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "%s: %d input%s too few; inputs are %s"
              .formatted(
                  where(op.name()), shapes.size(), shapes.size() == 1 ? " is" : "s are", shapes),
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          where(op.name()) + ": " + e.getMessage() + "; inputs are " + shapes, e);
    }
    for (Var v : operands) {
      if (op.keepsBatch() && v.batched() && v.shape().axis(0) != shape.axis(0)) {
        throw new IllegalArgumentException(
            "%s: the result %s does not have the batch of %s as its axis 0. Say so with keepsBatch()"
                .formatted(where(op.name()), shape, v));
      }
    }
    Node node = new Node(this, nodes.size(), op, ImmutableList.copyOf(operands), shape, path());
    nodes.add(node);
    return node.output();
  }

  /** Makes an op and records it; a failure names the op, the layer and x. */
  Var inLayer(String name, Shape x, Supplier<Op> make, List<Var> operands) {
    Op op;
    try {
      op = make.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where(name) + ": " + e.getMessage() + "; x is " + x, e);
    }
    return record(op, operands);
  }

  private String where(String name) {
    return scopes.isEmpty() ? name : name + " \"" + path() + "\"";
  }

  /**
   * Compiles with the defaults: a backward pass from {@code loss}, fused, one thread, memory of its
   * own.
   *
   * @throws IllegalArgumentException if the loss is not a scalar
   * @throws dev.tapewise.autodiff.compile.InsufficientMemoryException if it does not fit into the
   *     heap
   */
  public Program compile(Var loss) {
    return compile(CompileOptions.of(loss));
  }

  /** What {@link #compile(CompileOptions)} would need; takes none of it. */
  public Memory memory(CompileOptions options) {
    Workers workers = options.workers();
    return Memory.of(Compiler.plan(this, options), store, workers == null ? 1 : workers.threads());
  }

  /** Compiles what the options ask for. */
  public Program compile(CompileOptions options) {
    return Compiler.compile(this, options);
  }
}
