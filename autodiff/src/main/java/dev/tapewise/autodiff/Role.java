package dev.tapewise.autodiff;

/** What a parameter is to its layer; optimizers exempt some roles from weight decay. */
public enum Role {
  /** A kernel or matrix. */
  WEIGHT,
  /** A bias that is added per channel. */
  BIAS,
  /** Scale or shift of a norm. */
  NORM,
  /** State that is not trained, such as running statistics. */
  BUFFER
}
