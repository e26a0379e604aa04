package dev.tapewise.autodiff.op;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.StridedCopy;
import java.util.List;

/** Tasks over {@link StridedBox}es, from one array and offset to another. */
final class Boxes {
  private Boxes() {}

  /** {@code to = from}. */
  static Task copy(StridedBox box, float[] to, int toOffset, float[] from, int fromOffset) {
    return new BoxTask(box) {
      @Override
      public void run(int chunk, int batch, Scratch scratch) {
        StridedCopy.copy(to, toOffset, from, fromOffset, box, chunk, batch);
      }
    };
  }

  /** {@code to += from}. */
  static Task add(
      Elementwise kernel, StridedBox box, float[] to, int toOffset, float[] from, int fromOffset) {
    return new BoxTask(box) {
      @Override
      public void run(int chunk, int batch, Scratch scratch) {
        StridedCopy.add(kernel, to, toOffset, from, fromOffset, box, chunk, batch);
      }
    };
  }

  /** {@code to = value}. */
  static Task fill(StridedBox box, float[] to, int toOffset, float value) {
    return new BoxTask(box) {
      @Override
      public void run(int chunk, int batch, Scratch scratch) {
        StridedCopy.fill(to, toOffset, value, box, chunk, batch);
      }
    };
  }

  /** Tasks that write different places, as one. */
  static Task together(List<Task> tasks) {
    return tasks.size() == 1 ? tasks.get(0) : new Together(tasks.toArray(new Task[0]));
  }

  /** All chunks of a box. */
  private abstract static class BoxTask implements Task {
    private final StridedBox box;

    BoxTask(StridedBox box) {
      this.box = box;
    }

    @Override
    public int chunks(int batch) {
      return box.chunks(batch);
    }
  }

  /** The chunks of one task behind those of another. */
  private static final class Together implements Task {
    private final Task[] tasks;

    Together(Task[] tasks) {
      this.tasks = tasks;
    }

    @Override
    public int chunks(int batch) {
      int chunks = 0;
      for (Task task : tasks) {
        chunks += task.chunks(batch);
      }
      return chunks;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int first = 0;
      for (Task task : tasks) {
        int chunks = task.chunks(batch);
        if (chunk < first + chunks) {
          task.run(chunk - first, batch, scratch);
          return;
        }
        first += chunks;
      }
    }
  }
}
