package dev.tapewise.core.kernel.assembled;

import static dev.tapewise.core.kernel.assembled.Assembler.R10;
import static dev.tapewise.core.kernel.assembled.Assembler.R11;
import static dev.tapewise.core.kernel.assembled.Assembler.R12;
import static dev.tapewise.core.kernel.assembled.Assembler.R13;
import static dev.tapewise.core.kernel.assembled.Assembler.R14;
import static dev.tapewise.core.kernel.assembled.Assembler.R15;
import static dev.tapewise.core.kernel.assembled.Assembler.R8;
import static dev.tapewise.core.kernel.assembled.Assembler.R9;
import static dev.tapewise.core.kernel.assembled.Assembler.RAX;
import static dev.tapewise.core.kernel.assembled.Assembler.RBX;
import static dev.tapewise.core.kernel.assembled.Assembler.RCX;
import static dev.tapewise.core.kernel.assembled.Assembler.RDI;
import static dev.tapewise.core.kernel.assembled.Assembler.RDX;
import static dev.tapewise.core.kernel.assembled.Assembler.RSI;
import static dev.tapewise.core.kernel.assembled.Assembler.RSP;

import dev.tapewise.core.kernel.assembled.Assembler.Address;
import java.util.List;

/**
 * Machine code of sums per channel over rows, in increasing row order. Columns of a few vectors of
 * channels run down the rows with their sums in registers, column beside column.
 *
 * <p>Arguments as the System V calling convention passes them: arrays as an address and an offset
 * in bytes, then longs on the stack.
 */
final class SumCode {
  private static final List<Integer> KEPT = List.of(RBX, R12, R13, R14, R15);

  /** What is pushed, and the return address. */
  private static final int STACK = (KEPT.size() + 1) * Long.BYTES;

  /** No index. */
  private static final int NONE = -1;

  private final Assembler asm;

  /** Vectors of a column. */
  private final int vectors;

  /** Bytes of a vector. */
  private final int vector;

  /** Whether a column's last vector has only the lanes that a mask says. */
  private final boolean masked;

  /** The first register that is not taken. */
  private int free;

  private SumCode(int lanes, int vectors, boolean masked) {
    this.asm = Assembler.of(lanes);
    this.vectors = vectors;
    this.vector = lanes * Float.BYTES;
    this.masked = masked;
  }

  /** The most vectors of a column of {@link #moments}. */
  static int mostOfMoments(int lanes) {
    return Assembler.of(lanes).registers() / 4;
  }

  /** The most vectors of a column of {@link #gradientSums}. */
  static int mostOfGradients(int lanes) {
    return Assembler.of(lanes).registers() / 8;
  }

  /** The most vectors of a column of {@link #hardSwishSums}. */
  static int mostOfHardSwish(int lanes) {
    return Assembler.of(lanes).registers() == 16 ? 1 : 4;
  }

  /**
   * {@code b[c] = Σ a[r, c] / n}, then {@code c[c] = Σ (a[r, c] - b[c])²}. Longs: the rows, bytes
   * from row to row, columns, n as the bits of a float, the last vector's lanes as bits.
   */
  static byte[] moments(int lanes, int vectors, boolean masked) {
    SumCode code = new SumCode(lanes, vectors, masked);
    code.momentColumns();
    return code.asm.bytes();
  }

  /**
   * {@code d[c] = Σ g} and {@code d[product + c] = Σ fma(g, a[r, c] - c[mean + c], ·)} with {@code
   * g = b[r, c]} where {@code low < fma(a[r, c], c[c], c[shift + c]) < high}, else 0. Longs: shift,
   * mean and product, the rows, from row to row, columns, the last vector's lanes as bits, low and
   * high as the bits of two floats; distances in bytes.
   */
  static byte[] gradientSums(int lanes, int vectors, boolean masked) {
    SumCode code = new SumCode(lanes, vectors, masked);
    code.gradientColumns(false);
    return code.asm.bytes();
  }

  /**
   * The same with {@code g = b[r, c] * hardSwish'(t)} where {@code t = fma(a[r, c], c[c], c[shift +
   * c])} is finite, else 0.
   */
  static byte[] hardSwishSums(int lanes, int vectors, boolean masked) {
    SumCode code = new SumCode(lanes, vectors, masked);
    code.gradientColumns(true);
    return code.asm.bytes();
  }

  private static Address stack(int index) {
    return Address.of(RSP, STACK + index * Long.BYTES);
  }

  private void enter() {
    KEPT.forEach(asm::push);
    asm.add(RDI, RSI);
    asm.add(RDX, RCX);
    asm.add(R8, R9);
  }

  private void leave() {
    KEPT.reversed().forEach(asm::pop);
    asm.zeroUpper();
    asm.ret();
  }

  private void loadMask(int index) {
    if (masked) {
      asm.loadLong(RBX, stack(index));
      asm.mask(RBX);
    }
  }

  /** Takes as many registers; the first of them. */
  private int take(int registers) {
    free += registers;
    if (free > asm.registers()) {
      throw new AssertionError(free + " registers");
    }
    return free - registers;
  }

  private boolean isMasked(int v) {
    return masked && v == vectors - 1;
  }

  private void load(int register, int base, int index, int v) {
    Address from = place(base, index, v);
    if (isMasked(v)) {
      asm.loadMasked(register, from);
    } else {
      asm.load(register, from);
    }
  }

  private void store(int register, int base, int index, int v) {
    Address to = place(base, index, v);
    if (isMasked(v)) {
      asm.storeMasked(register, to);
    } else {
      asm.store(register, to);
    }
  }

  /** Vector {@code v} behind a base and, unless it is {@link #NONE}, an index. */
  private Address place(int base, int index, int v) {
    return index == NONE ? Address.of(base, v * vector) : Address.of(base, index, 1, v * vector);
  }

  /** Runs {@code body} for each row, R14 and R15 going along RDI's and RDX's; R13 is lost. */
  private void forRows(Runnable body) {
    asm.move(R13, RSI);
    asm.move(R14, RDI);
    asm.move(R15, RDX);
    asm.align(32);
    int turn = asm.here();
    body.run();
    asm.add(R14, RCX);
    asm.add(R15, RCX);
    asm.decrement(R13);
    asm.jumpBackIfNotZero(turn);
  }

  /** Runs {@code body} for each of R12 columns, with the pointers moved on behind it. */
  private void forColumns(List<Integer> pointers, Runnable body) {
    int column = asm.here();
    body.run();
    for (int pointer : pointers) {
      asm.addImmediate(pointer, vectors * vector);
    }
    asm.decrement(R12);
    asm.jumpBackIfNotZero(column);
  }

  private void momentColumns() {
    enter();
    asm.loadLong(RSI, stack(0));
    asm.loadLong(RCX, stack(1));
    asm.loadLong(R12, stack(2));
    int mean = take(vectors);
    int squares = take(vectors);
    int spare = take(vectors);
    int count = take(1);
    asm.broadcast(count, stack(3));
    loadMask(4);
    forColumns(
        List.of(RDI, RDX, R8),
        () -> {
          for (int v = 0; v < vectors; v++) {
            asm.zero(mean + v);
            asm.zero(squares + v);
          }
          forRows(() -> {
            for (int v = 0; v < vectors; v++) {
              load(spare + v, R14, NONE, v);
              asm.plus(mean + v, mean + v, spare + v);
            }
          });
          for (int v = 0; v < vectors; v++) {
            asm.dividedBy(mean + v, mean + v, count);
            store(mean + v, RDX, NONE, v);
          }
          forRows(() -> {
            for (int v = 0; v < vectors; v++) {
              load(spare + v, R14, NONE, v);
              asm.minus(spare + v, spare + v, mean + v);
              asm.fma(squares + v, spare + v, spare + v);
            }
          });
          for (int v = 0; v < vectors; v++) {
            store(squares + v, R8, NONE, v);
          }
        });
    leave();
  }

  private void gradientColumns(boolean hardSwish) {
    enter();
    asm.loadLong(RAX, stack(0));
    asm.loadLong(R9, stack(1));
    asm.add(RAX, R9);
    asm.loadLong(R9, stack(2));
    asm.loadLong(R10, stack(3));
    asm.loadLong(R11, stack(4));
    asm.loadLong(RSI, stack(5));
    asm.loadLong(RCX, stack(6));
    asm.loadLong(R12, stack(7));
    loadMask(8);
    Gate gate = hardSwish ? new SwishGate() : new ClampGate();
    int scale = take(vectors);
    int shift = take(vectors);
    int mean = take(vectors);
    int sum = take(vectors);
    int product = take(vectors);
    int z = take(1);
    int t = take(1);
    int g = take(1);
    int spare = take(1);
    forColumns(
        List.of(RDI, RDX, R8, RAX),
        () -> {
          for (int v = 0; v < vectors; v++) {
            load(scale + v, R8, NONE, v);
            load(shift + v, R8, R9, v);
            load(mean + v, R8, R10, v);
            asm.zero(sum + v);
            asm.zero(product + v);
          }
          forRows(() -> {
            for (int v = 0; v < vectors; v++) {
              load(z, R14, NONE, v);
              asm.copy(t, z);
              asm.multiplyThenAdd(t, scale + v, shift + v);
              gate.gated(g, v, t, spare);
              asm.plus(sum + v, sum + v, g);
              asm.minus(z, z, mean + v);
              asm.fma(product + v, g, z);
            }
          });
          for (int v = 0; v < vectors; v++) {
            store(sum + v, RAX, NONE, v);
            store(product + v, RAX, R11, v);
          }
        });
    leave();
  }

  /** What the gradient of an activation is. */
  private interface Gate {
    /** {@code g = } the gated gradient of vector v at R15, given t, which is lost. */
    void gated(int g, int v, int t, int spare);
  }

  private final class ClampGate implements Gate {
    private final int low = take(1);
    private final int high = take(1);

    ClampGate() {
      asm.broadcast(low, stack(9));
      asm.broadcast(high, Address.of(RSP, STACK + 9 * Long.BYTES + Float.BYTES));
    }

    @Override
    public void gated(int g, int v, int t, int spare) {
      if (isMasked(v)) {
        load(g, R15, NONE, v);
        asm.keepBetween(g, t, low, high);
      } else {
        asm.loadBetween(g, place(R15, NONE, v), t, low, high, spare);
      }
    }
  }

  private final class SwishGate implements Gate {
    private final int threeHalves = constant(1.5f);
    private final int third = constant(1f / 3f);
    private final int three = constant(3f);
    private final int one = constant(1f);
    private final int minusThree = constant(-3f);
    private final int zero = constant(0f);

    private int constant(float value) {
      int register = take(1);
      asm.pushImmediate(Float.floatToRawIntBits(value));
      asm.broadcast(register, Address.of(RSP, 0));
      asm.pop(RBX);
      return register;
    }

    @Override
    public void gated(int g, int v, int t, int spare) {
      asm.plus(g, t, threeHalves);
      asm.times(g, g, third);
      asm.replace(g, t, Assembler.GREATER, three, one, spare);
      asm.replace(g, t, Assembler.LESS, minusThree, zero, spare);
      if (isMasked(v)) {
        load(spare, R15, NONE, v);
        asm.times(g, spare, g);
      } else {
        asm.times(g, g, place(R15, NONE, v));
      }
      asm.minus(t, t, t); // NaN unless it is finite
      asm.replace(g, t, Assembler.UNORDERED, t, zero, spare);
    }
  }
}
