package dev.tapewise.nn.layer;

import com.google.common.collect.ImmutableMap;
import dev.tapewise.autodiff.Var;
import java.util.List;
import java.util.Map;

/**
 * Layers one after another, each under a name of its own; names default to 0, 1, 2 …, as in
 * PyTorch. Immutable: every method gives a changed copy.
 */
public final class Sequential implements Layer {
  private final ImmutableMap<String, Layer> children;

  private Sequential(ImmutableMap<String, Layer> children) {
    this.children = children;
  }

  /** Layers named by their place. */
  public static Sequential of(Layer... layers) {
    return of(List.of(layers));
  }

  /** Layers named by their place. */
  public static Sequential of(List<? extends Layer> layers) {
    ImmutableMap.Builder<String, Layer> children = ImmutableMap.builder();
    for (int i = 0; i < layers.size(); i++) {
      children.put(Integer.toString(i), layers.get(i));
    }
    return new Sequential(children.buildOrThrow());
  }

  /** One more layer at the end, named by its place. */
  public Sequential then(Layer layer) {
    return then(Integer.toString(children.size()), layer);
  }

  /**
   * One more layer at the end.
   *
   * @throws IllegalArgumentException if the name is taken, empty, or has a dot
   */
  public Sequential then(String name, Layer layer) {
    if (name.isEmpty() || name.contains(".") || children.containsKey(name)) {
      throw new IllegalArgumentException(
          "a layer cannot be called \"%s\": its name must be new among %s and have no dot"
              .formatted(name, children.keySet()));
    }
    return new Sequential(
        ImmutableMap.<String, Layer>builder().putAll(children).put(name, layer).buildOrThrow());
  }

  /** The layers by name, in order. */
  public ImmutableMap<String, Layer> children() {
    return children;
  }

  @Override
  public Var apply(Var x) {
    Var y = x;
    for (Map.Entry<String, Layer> child : children.entrySet()) {
      y = child.getValue().applyUnder(child.getKey(), y);
    }
    return y;
  }
}
