package dev.tapewise.autodiff;

/**
 * What one pass of a node does at full capacity.
 *
 * @param label the label that its tasks have in {@link Program#profile}
 * @param node the node
 * @param backward which pass; forward work that is done again counts to the backward pass
 * @param multiplyAdds products: in the backward pass once for each wanted gradient of the two
 *     factors; 0 for ops that are not products
 * @param bytes every tensor that the pass reads or writes, counted once; buffers that never leave
 *     the op are not counted
 */
public record Work(String label, Node node, boolean backward, long multiplyAdds, long bytes) {}
