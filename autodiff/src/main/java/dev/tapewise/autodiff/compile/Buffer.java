package dev.tapewise.autodiff.compile;

/** A piece of the arena with a lifetime, in positions of the schedule, both ends included. */
final class Buffer {
  private final String what;
  private final long floats;
  private final int from;
  private int to;
  private long offset = -1;

  Buffer(String what, long floats, int from, int to) {
    this.what = what;
    this.floats = (floats + 15) & -16;
    this.from = from;
    this.to = to;
  }

  String what() {
    return what;
  }

  long floats() {
    return floats;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  void extendTo(int position) {
    to = Math.max(to, position);
  }

  long offset() {
    return offset;
  }

  /** Behind the last float. */
  long end() {
    return offset + floats;
  }

  void place(long at) {
    offset = at;
  }

  boolean overlaps(Buffer other) {
    return from <= other.to && other.from <= to;
  }
}
