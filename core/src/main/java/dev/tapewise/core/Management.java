package dev.tapewise.core;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM tells about itself. Loads only where the modules java.management and jdk.management
 * are present, so callers catch {@link LinkageError} and go on without.
 */
final class Management {
  private static final @Nullable HotSpotDiagnosticMXBean VM =
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
  private static final @Nullable ThreadMXBean THREADS =
      ManagementFactory.getThreadMXBean() instanceof ThreadMXBean bean ? bean : null;

  private Management() {}

  /** The value of a VM option, or null where there is none of this name. */
  static @Nullable String vmOption(String name) {
    if (VM == null) {
      return null;
    }
    try {
      return VM.getVMOption(name).getValue();
    } catch (IllegalArgumentException unknown) {
      return null;
    }
  }

  /** Bytes of memory that the machine, or the container, has; -1 if unknown. */
  static long physicalMemory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
        ? bean.getTotalMemorySize()
        : -1;
  }

  /** Bytes that a thread has allocated since it started; -1 if unknown or ended. */
  static long allocatedBytes(long threadId) {
    return THREADS == null ? -1 : THREADS.getThreadAllocatedBytes(threadId);
  }
}
