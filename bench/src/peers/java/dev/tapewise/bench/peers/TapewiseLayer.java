package dev.tapewise.bench.peers;

import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Slab;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvGeometry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * A convolution by itself, with its three passes apart and as many sets of tensors as are asked
 * for, to be rotated over so that no pass finds its data in cache.
 */
final class TapewiseLayer {
  private static final float WEIGHTS = 0.1f;

  /**
   * Where the tensors of a set lie in one array: input and output with their gradients, weights
   * with theirs, and what the passes take for themselves.
   */
  record Places(float[] array, int x, int y, int dy, int dx, int w, int dw, int workspace) {
    private static final Places NONE = new Places(new float[0], 0, 0, 0, 0, 0, 0, 0);
  }

  private final LayerShape shape;
  private final Workers workers;
  private final Places[] sets;
  private final Map<Pass, Task[][]> passes = new EnumMap<>(Pass.class);

  /** Takes memory and fills it with uniform numbers. */
  TapewiseLayer(LayerShape shape, int sets, Workers workers) {
    this.shape = shape;
    this.workers = workers;
    int workspace = 0;
    for (Pass pass : Pass.values()) {
      workspace = Math.max(workspace, bound(pass, Places.NONE).workspaceFloats());
    }
    this.sets = places(shape, sets, workspace);
    int floats = 0;
    int ints = 0;
    for (Pass pass : Pass.values()) {
      Task[][] tasks = new Task[sets][];
      for (int set = 0; set < sets; set++) {
        LayerBinding binding = bound(pass, this.sets[set]);
        tasks[set] = binding.tasks();
        floats = Math.max(floats, binding.scratchFloats());
        ints = Math.max(ints, binding.scratchInts());
      }
      passes.put(pass, tasks);
    }
    workers.reserveScratch(floats, ints);
  }

  private LayerBinding bound(Pass pass, Places places) {
    LayerBinding binding = new LayerBinding(shape, pass, places);
    Conv2d conv = new Conv2d(shape.geometry(), false);
    if (pass == Pass.FORWARD) {
      conv.forward(binding);
    } else {
      conv.backward(binding);
    }
    return binding;
  }

  private static Places[] places(LayerShape shape, int sets, int workspace) {
    ConvGeometry g = shape.geometry();
    int x = Scratch.roundUp(shape.batch() * g.inSize());
    int y = Scratch.roundUp(shape.batch() * g.outSize());
    int w = Scratch.roundUp(g.weightSize());
    Slab slab = Slab.allocate(2L * sets * (x + y) + 2L * w + workspace);
    int weight = slab.base();
    int first = weight + 2 * w + workspace;
    Places[] places = new Places[sets];
    for (int set = 0; set < sets; set++) {
      int at = first + 2 * set * (x + y);
      places[set] =
          new Places(
              slab.array(),
              at,
              at + x,
              at + x + y,
              at + x + 2 * y,
              weight,
              weight + w,
              weight + 2 * w);
    }
    Philox.fillUniform(slab.array(), weight, w, 1, 0, 0, -WEIGHTS, WEIGHTS);
    Philox.fillUniform(slab.array(), first, 2 * sets * (x + y), 2, 0, 0, -1, 1);
    return places;
  }

  /** Plays a pass on a set of tensors. */
  void play(Pass pass, int set) {
    Task[] tasks = Objects.requireNonNull(passes.get(pass))[set];
    workers.play(tasks, tasks.length, shape.batch());
  }

  /** What it computes. */
  LayerShape shape() {
    return shape;
  }

  /** Sets of tensors. */
  int sets() {
    return sets.length;
  }

  private float[] copy(int set, int offset, int count) {
    float[] copy = new float[count];
    System.arraycopy(sets[set].array(), offset, copy, 0, count);
    return copy;
  }

  /** The input of a set, {@code [N, H, W, C]}. */
  float[] copyInput(int set) {
    return copy(set, sets[set].x(), shape.batch() * shape.geometry().inSize());
  }

  /** The gradient of the output of a set, {@code [N, H, W, C]}. */
  float[] copyOutputGradient(int set) {
    return copy(set, sets[set].dy(), shape.batch() * shape.geometry().outSize());
  }

  /** The weights, {@code [kh, kw, C / groups, out]}. */
  float[] copyWeight() {
    return copy(0, sets[0].w(), shape.geometry().weightSize());
  }

  /** What a pass left behind on a set. */
  float[] copyResult(Pass pass, int set) {
    return switch (pass) {
      case FORWARD -> copy(set, sets[set].y(), shape.batch() * shape.geometry().outSize());
      case GRAD_INPUT -> copy(set, sets[set].dx(), shape.batch() * shape.geometry().inSize());
      case GRAD_WEIGHT -> copy(set, sets[set].dw(), shape.geometry().weightSize());
    };
  }
}
