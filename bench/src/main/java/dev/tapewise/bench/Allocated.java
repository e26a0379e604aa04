package dev.tapewise.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Bytes that the caller and the team allocated in an iteration. JMH's own {@code -prof gc} counts
 * every thread of the JVM, its own among them, which alone is some kilobytes per second.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Allocated {
  /** Bytes of the iteration. */
  public long teamBytes;
}
