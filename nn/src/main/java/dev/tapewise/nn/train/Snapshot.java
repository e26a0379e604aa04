package dev.tapewise.nn.train;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Slab;
import dev.tapewise.nn.optim.Updater;

/** A copy of all that training changes: parameters, buffers, optimizer state. */
public final class Snapshot {
  private final ImmutableList<Slab> slabs;
  private final float[][] copies;

  private Snapshot(ImmutableList<Slab> slabs) {
    this.slabs = slabs;
    this.copies = new float[slabs.size()][];
    for (int i = 0; i < copies.length; i++) {
      Slab slab = slabs.get(i);
      copies[i] = new float[Math.toIntExact(slab.size())];
      System.arraycopy(slab.array(), slab.base(), copies[i], 0, copies[i].length);
    }
  }

  /** Copies the state of a model in training, of whose parameters none is added later. */
  public static Snapshot of(ParameterStore parameters, Updater updater) {
    parameters.initializeOnce();
    return new Snapshot(
        ImmutableList.<Slab>builder()
            .add(parameters.values(Role.WEIGHT))
            .add(parameters.values(Role.BUFFER))
            .addAll(updater.state())
            .build());
  }

  /** Puts everything back as it was. */
  public void restore() {
    for (int i = 0; i < copies.length; i++) {
      Slab slab = slabs.get(i);
      System.arraycopy(copies[i], 0, slab.array(), slab.base(), copies[i].length);
    }
  }
}
