package dev.tapewise.autodiff;

import com.google.gson.JsonObject;

/** The reference cases of a few ops that belong together, and how they are recorded. */
interface ReferenceFamily {

  /** How many cases there are: a case that is silently left out fails the test. */
  int cases();

  /** Whether a case, as the index describes it, is of this family. */
  boolean covers(JsonObject spec);

  /** Records a case; its inputs come from {@link ReferenceCase#in}. */
  Var record(ReferenceCase c, Tape tape);

  /**
   * The largest relative error of each element, infinity where only the norm counts: behind large
   * elements a norm hides errors in small ones.
   */
  default float elementBound(ReferenceCase c, String role) {
    return Float.POSITIVE_INFINITY;
  }
}
