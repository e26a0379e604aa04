package dev.tapewise.nn.train;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that single threads have allocated; loads only where the module jdk.management is there.
 */
final class ThreadAllocation {
  private ThreadAllocation() {}

  /** Bytes that the calling thread has allocated so far, or -1 if unknown. Allocates nothing. */
  static long ofCurrentThread() {
    try {
      return Bean.ofCurrentThread();
    } catch (LinkageError noManagement) {
      return -1;
    }
  }

  /** Bytes that a living thread has allocated so far, or -1 if unknown. Allocates nothing. */
  static long of(long threadId) {
    try {
      return Bean.of(threadId);
    } catch (LinkageError noManagement) {
      return -1;
    }
  }

  /** What this class calls, for {@link StringConstants}; null where there is nothing to call. */
  static @Nullable Class<?> called() {
    try {
      return Bean.called();
    } catch (LinkageError noManagement) {
      return null;
    }
  }

  private static final class Bean {
    private static final @Nullable ThreadMXBean BEAN =
        ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean ? bean : null;

    static @Nullable Class<?> called() {
      return BEAN == null ? null : BEAN.getClass();
    }

    static long ofCurrentThread() {
      return BEAN == null ? -1 : BEAN.getCurrentThreadAllocatedBytes();
    }

    static long of(long threadId) {
      return BEAN == null ? -1 : BEAN.getThreadAllocatedBytes(threadId);
    }
  }
}
