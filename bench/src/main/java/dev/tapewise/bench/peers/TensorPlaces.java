package dev.tapewise.bench.peers;

/**
 * Where the tensors of one convolution lie in one array.
 *
 * @param array the array
 * @param x the input
 * @param y the output
 * @param dy the gradient of the output
 * @param dx the gradient of the input
 * @param w the weights
 * @param dw the gradient of the weights
 * @param workspace what the passes take for themselves
 */
record TensorPlaces(float[] array, int x, int y, int dy, int dx, int w, int dw, int workspace) {

  /** For measuring: nothing is there yet. */
  static TensorPlaces none() {
    return new TensorPlaces(new float[0], 0, 0, 0, 0, 0, 0, 0);
  }
}
