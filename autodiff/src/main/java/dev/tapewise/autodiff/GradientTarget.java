package dev.tapewise.autodiff;

/**
 * Where the gradient of an input goes.
 *
 * @param data the array
 * @param offset where it starts
 * @param add whether it is added to (or written, for its first writer)
 */
public record GradientTarget(float[] data, int offset, boolean add) {}
