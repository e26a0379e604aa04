package dev.tapewise.autodiff.op;

/** What becomes of the losses of single rows or elements. */
public enum Reduction {
  /** Their mean over the batch that is played. */
  MEAN,
  /** Their sum over the batch that is played. */
  SUM,
  /** They stay apart. */
  NONE
}
