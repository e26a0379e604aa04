package dev.tapewise.examples;

/**
 * What one pass of one op costs.
 *
 * @param layer the layer that recorded the op
 * @param kind the op's name
 * @param pass forward, backward or the update
 * @param millis its time
 * @param multiplyAdds products, 0 for ops that have none
 * @param bytes what it reads and writes
 */
record Cost(String layer, String kind, Pass pass, double millis, long multiplyAdds, long bytes) {

  /** A part of a step. */
  enum Pass {
    FORWARD,
    BACKWARD,
    UPDATE;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  double gflops() {
    return 2 * multiplyAdds / millis / 1e6;
  }

  double gigabytesPerSecond() {
    return bytes / millis / 1e6;
  }

  /** Both together, under the first one's name. */
  Cost plus(Cost other) {
    return new Cost(
        layer,
        kind,
        pass,
        millis + other.millis,
        multiplyAdds + other.multiplyAdds,
        bytes + other.bytes);
  }

  String label() {
    return layer.isEmpty() ? kind : layer;
  }
}
