package dev.tapewise.autodiff.op;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** A task of one chunk that depends on nothing. */
abstract class Once implements Task {

  @Override
  public final int chunks(int batch) {
    return 1;
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    run();
  }

  abstract void run();
}
