package dev.tapewise.autodiff;

import dev.tapewise.core.Slab;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a family of programs: one slab that is leased to one player at a time. What a
 * program keeps between plays (inputs, kept outputs) lies outside. Grows when a program that needs
 * more is compiled; programs that were bound before bind again at their next play.
 */
public final class Arena {
  private final AtomicReference<@Nullable Program> player = new AtomicReference<>();
  private Slab slab = Slab.allocate(0);
  private @Nullable Program lastForward;
  private @Nullable Slab lastSlab;

  /** An empty arena. */
  public Arena() {}

  /** Makes room for at least this many floats. */
  synchronized void reserve(long floats) {
    long before = slab.size();
    if (before >= floats) {
      return;
    }
    slab = Slab.allocate(0); // let go of the old slab before the new one is taken
    boolean grown = false;
    try {
      slab = Slab.allocate(floats);
      grown = true;
    } finally {
      if (!grown) {
        slab = Slab.allocate(before); // programs that were bound before still play
      }
    }
  }

  synchronized Slab slab() {
    return slab;
  }

  /** Floats reserved. */
  public synchronized long size() {
    return slab.size();
  }

  /** Whether its tensors start on 64-byte lines, see {@link Slab}. */
  public synchronized boolean lineAligned() {
    return slab.lineAligned();
  }

  void lease(Program program) {
    Program other = player.compareAndExchange(null, program);
    if (other != null) {
      throw new IllegalStateException(
          "this arena is being played by another program or thread. Give programs that play at the"
              + " same time arenas of their own");
    }
  }

  void release() {
    player.set(null);
  }

  /** Says that values are about to be overwritten, whether or not the play succeeds. */
  void playBegins() {
    lastForward = null;
    lastSlab = null;
  }

  /** Says that the values of a program now lie in a slab. */
  void forwardDone(Program program, Slab played) {
    lastForward = program;
    lastSlab = played;
  }

  /** Whether the values of a program's last forward pass are still there. */
  boolean holdsForward(Program program) {
    return lastForward == program && lastSlab == slab();
  }

  void checkBackward(Program program) {
    if (lastForward == null) {
      throw new IllegalStateException("backward() needs a forward() before it");
    }
    if (!holdsForward(program)) {
      throw new IllegalStateException(
          (lastForward == program
                  ? "this arena has grown since forward()"
                  : "another program has played on this arena since forward()")
              + ": its values are gone. Play forward() again");
    }
  }
}
