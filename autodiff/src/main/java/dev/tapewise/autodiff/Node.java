package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Shape;

/** One recorded operation. */
public final class Node {
  private final int index;
  private final Op op;
  private final ImmutableList<Var> inputs;
  private final String path;
  private final Var output;

  Node(Tape tape, int index, Op op, ImmutableList<Var> inputs, Shape shape, String path) {
    this.index = index;
    this.op = op;
    this.inputs = inputs;
    this.path = path;
    boolean batched = op.keepsBatch() && inputs.stream().anyMatch(Var::batched);
    this.output = new Var(tape, shape, batched, label(), this, null);
  }

  /** Its place in the record. */
  public int index() {
    return index;
  }

  /** What it does. */
  public Op op() {
    return op;
  }

  /** What it reads. */
  public ImmutableList<Var> inputs() {
    return inputs;
  }

  /** What it makes. */
  public Var output() {
    return output;
  }

  /** The layer that recorded it, such as {@code features.3.conv.1}; may be empty. */
  public String path() {
    return path;
  }

  /** The layer and the op, for descriptions and errors. */
  public String label() {
    return path.isEmpty() ? op.name() : path + " (" + op.name() + ")";
  }

  @Override
  public String toString() {
    return label();
  }
}
