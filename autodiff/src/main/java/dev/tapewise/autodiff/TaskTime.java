package dev.tapewise.autodiff;

/**
 * How long a task took.
 *
 * @param label the layer and op it belongs to
 * @param backward which pass
 * @param nanos nanoseconds
 */
public record TaskTime(String label, boolean backward, long nanos) {}
