package dev.tapewise.bench.peers;

/** One pass of a convolution. */
enum Pass {
  /** The output. */
  FORWARD("forward"),
  /** The gradient of the input. */
  GRAD_INPUT("gradInput"),
  /** The gradient of the weights. */
  GRAD_WEIGHT("gradWeight");

  private final String title;

  Pass(String title) {
    this.title = title;
  }

  /** Its name in tables. */
  String title() {
    return title;
  }
}
