package dev.tapewise.autodiff.compile;

/** A program needs more memory than the heap has; thrown before anything is allocated. */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InsufficientMemoryException(String message) {
    super(message);
  }
}
