package dev.tapewise.bench.peers;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.autodiff.BandStatistics;
import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Reading;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a convolution without a program around it, over tensors that are read as they are.
 */
final class LayerBinding implements Binding {
  private static final int WEIGHT = 1;

  private final LayerShape shape;
  private final Pass pass;
  private final TapewiseLayer.Places places;
  private final List<Task> tasks = new ArrayList<>();
  private int workspace;
  private int scratchFloats;
  private int scratchInts;

  LayerBinding(LayerShape shape, Pass pass, TapewiseLayer.Places places) {
    this.shape = shape;
    this.pass = pass;
    this.places = places;
  }

  Task[] tasks() {
    return tasks.toArray(Task[]::new);
  }

  int workspaceFloats() {
    return workspace;
  }

  int scratchFloats() {
    return scratchFloats;
  }

  int scratchInts() {
    return scratchInts;
  }

  @Override
  public Kernels kernels() {
    return Kernels.preferred();
  }

  @Override
  public int capacity() {
    return shape.batch();
  }

  @Override
  public Clock clock() {
    return new Clock();
  }

  @Override
  public Operand input(int input) {
    ConvGeometry g = shape.geometry();
    if (input == WEIGHT) {
      Shape weights = Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
      return operand(places.w(), weights, false);
    }
    return operand(
        places.x(), Shape.of(shape.batch(), g.height(), g.width(), g.inChannels()), true);
  }

  @Override
  public Operand output() {
    ConvGeometry g = shape.geometry();
    return operand(
        places.y(), Shape.of(shape.batch(), g.outHeight(), g.outWidth(), g.outChannels()), true);
  }

  private Operand operand(int offset, Shape tensor, boolean batched) {
    return new Operand(
        places.array(), offset, tensor, batched, Reading.raw(places.array(), offset));
  }

  @Override
  public GradientReading outputGradient() {
    return GradientReading.raw(places.array(), places.dy());
  }

  @Override
  public @Nullable GradientTarget inputGradient(int input) {
    Pass wants = input == WEIGHT ? Pass.GRAD_WEIGHT : Pass.GRAD_INPUT;
    return pass == wants
        ? new GradientTarget(places.array(), input == WEIGHT ? places.dw() : places.dx(), false)
        : null;
  }

  @Override
  public float[] memory() {
    return places.array();
  }

  @Override
  public int workspace(long floats) {
    int at = places.workspace() + workspace;
    workspace += Scratch.roundUp(Math.toIntExact(floats));
    return at;
  }

  @Override
  public int saved(String name, long floats) {
    return workspace(floats);
  }

  @Override
  public void scratch(int floats, int ints) {
    scratchFloats = Math.max(scratchFloats, floats);
    scratchInts = Math.max(scratchInts, ints);
  }

  @Override
  public void play(Task task) {
    tasks.add(task);
  }

  @Override
  public @Nullable BandStatistics statistics() {
    return null;
  }

  @Override
  public @Nullable BandGradientSums gradientSums(int input) {
    return null;
  }

  @Override
  public void requireBatch(int images, String reason) {}

  @Override
  public void probe(String what, int offset, int count) {}
}
