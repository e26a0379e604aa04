package dev.tapewise.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

final class StringConstantsTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** More calls than the JIT compilers wait for, and some loops in each. */
  private static final int CALLS = 100_000;

  @Test
  void classesWhoseStringsWereMadeAllocateNoneWhenTheirMethodsAreCompiled() {
    StringConstants.make(Checked.class);
    StringConstants.make(ThreadAllocation.called());
    Checked checked = new Checked();
    long bytes = 0;
    for (int i = 0; i < CALLS; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      checked.add(i);
      bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    assertThat(checked.sum).isPositive();
    assertThat(bytes).isZero();
  }

  /** Has strings that no call here comes to. */
  private static final class Checked {
    private long sum;

    void add(int value) {
      for (int bit = 0; bit < 16; bit++) {
        if ((value >>> bit) < 0) {
          throw new IllegalArgumentException("a value that is negative after a shift by " + bit);
        }
        sum += (value >>> bit) & 1;
      }
      if (sum < 0) {
        throw new IllegalStateException("the sum of bits overflowed");
      }
    }
  }
}
