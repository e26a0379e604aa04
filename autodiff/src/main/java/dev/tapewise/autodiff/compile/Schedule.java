package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When each node runs, as positions from 0: all nodes forward, the gradient of the loss, and then,
 * segment by segment from the last, what is computed again and the segment backward.
 */
final class Schedule {
  private final Map<Node, Integer> forward = new HashMap<>();
  private final Map<Node, Integer> again = new HashMap<>();
  private final Map<Node, Integer> backward = new HashMap<>();
  private final int loss;

  Schedule(Graph graph, Checkpoints checkpoints) {
    int position = 0;
    for (Node node : graph.nodes()) {
      forward.put(node, position++);
    }
    loss = position++;
    for (List<Node> segment : checkpoints.segments().reverse()) {
      for (Node node : segment) {
        if (checkpoints.isAgain(node)) {
          again.put(node, position++);
        }
      }
      for (Node node : segment.reversed()) {
        backward.put(node, position++);
      }
    }
  }

  int forwardAt(Node node) {
    return of(forward, node);
  }

  int againAt(Node node) {
    return of(again, node);
  }

  int backwardAt(Node node) {
    return of(backward, node);
  }

  int lossAt() {
    return loss;
  }

  private static int of(Map<Node, Integer> positions, Node node) {
    Integer at = positions.get(node);
    if (at == null) {
      throw new AssertionError(node + " does not run there");
    }
    return at;
  }
}
