package dev.tapewise.core.kernel.assembled;

import static dev.tapewise.core.kernel.assembled.Assembler.R10;
import static dev.tapewise.core.kernel.assembled.Assembler.R11;
import static dev.tapewise.core.kernel.assembled.Assembler.R12;
import static dev.tapewise.core.kernel.assembled.Assembler.R13;
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
import java.util.function.IntFunction;

/**
 * Machine code of register tiles: {@code rows × 2} vectors of 8 floats in registers 0 to 11, the
 * panel's two vectors in 12 and 13, broadcasts in 14 and 15. Every element is one chain of fma in
 * increasing index, as the contract of products asks for.
 *
 * <p>Arguments as the System V calling convention passes them: three pairs of an array's address
 * and an offset in bytes, then four longs on the stack.
 */
final class TileCode {
  /** Floats in a row of a panel. */
  static final int WIDTH = 16;

  private static final int VECTOR = 8 * Float.BYTES;
  private static final int PANEL_ROW = WIDTH * Float.BYTES;

  /** Steps of the reduction per turn of the loop. */
  private static final int UNROLL = 4;

  private static final int LINE = 64;

  private final Assembler asm = new Assembler();
  private final int rows;

  private TileCode(int rows) {
    this.rows = rows;
  }

  /**
   * {@code y [rows, 16] (+)= x [rows, reduce] · panel [reduce, 16]}, repeated for tile below tile.
   * On the stack: bytes from row to row of x and of y, the reduction's length, the number of tiles.
   *
   * @param rows 1 to 6
   * @param add whether chains start from y
   * @param ahead whether the rows behind a tile are fetched into cache while it runs
   */
  static byte[] product(int rows, boolean add, boolean ahead) {
    return new TileCode(rows).product(add, ahead);
  }

  /**
   * {@code partial [columns, 16] += xᵀ · dy} over rows of a panel of x and one of dy, both 16
   * floats wide. On the stack: the number of rows.
   *
   * @param columns columns of x: 4, 8, 12 or 16
   */
  static byte[] outer(int columns) {
    Assembler asm = new Assembler();
    enter(asm);
    asm.loadLong(RSI, Address.of(RSP, 8));
    int from = 0;
    while (from < columns) {
      // 16 = 6 + 6 + 4, 12 = 6 + 6, 8 = 4 + 4
      int height = columns - from == 8 || columns - from < 6 ? 4 : 6;
      outerTile(asm, from, height);
      from += height;
    }
    asm.zeroUpper();
    asm.ret();
    return asm.bytes();
  }

  /** The addresses of the three operands. */
  private static void enter(Assembler asm) {
    asm.add(RDI, RSI);
    asm.add(RDX, RCX);
    asm.add(R8, R9);
  }

  private byte[] product(boolean add, boolean ahead) {
    enter(asm);
    asm.loadLong(RCX, Address.of(RSP, 8));
    asm.loadLong(R9, Address.of(RSP, 16));
    asm.loadLong(RSI, Address.of(RSP, 24));
    asm.loadLong(R11, Address.of(RSP, 32));
    asm.push(RBX);
    asm.push(R12);
    asm.push(R13);
    int tile = asm.here();
    asm.move(R10, RDI);
    asm.lea(RBX, Address.of(RDI, RCX, 2, 0));
    asm.add(RBX, RCX);
    asm.move(RAX, RDX);
    if (ahead) {
      asm.lea(R13, Address.of(RBX, RCX, 2, 0));
      asm.add(R13, RCX);
    }
    fourthRowOfY();
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < 2; v++) {
        if (add) {
          asm.load(2 * r + v, y(r, v));
        } else {
          asm.zero(2 * r + v);
        }
      }
    }
    asm.move(R12, RSI);
    asm.shiftRight(R12, 2);
    asm.unlessZero(() -> {
      asm.align(32);
      int turn = asm.here();
      for (int u = 0; u < UNROLL; u++) {
        step(u);
        if (ahead && u % 2 == 1) {
          asm.prefetch(Address.of(R13, u / 2 * LINE));
        }
      }
      advance(UNROLL);
      if (ahead) {
        asm.addImmediate(R13, rows * UNROLL * Float.BYTES);
      }
      asm.decrement(R12);
      asm.jumpBackIfNotZero(turn);
    });
    asm.move(R12, RSI);
    asm.andImmediate(R12, UNROLL - 1);
    asm.unlessZero(() -> {
      int turn = asm.here();
      step(0);
      advance(1);
      asm.decrement(R12);
      asm.jumpBackIfNotZero(turn);
    });
    fourthRowOfY();
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < 2; v++) {
        asm.store(2 * r + v, y(r, v));
      }
    }
    for (int r = 0; r < rows; r++) {
      asm.add(RDI, RCX);
      asm.add(R8, R9);
    }
    asm.decrement(R11);
    asm.jumpBackIfNotZero(tile);
    asm.zeroUpper();
    asm.pop(R13);
    asm.pop(R12);
    asm.pop(RBX);
    asm.ret();
    return asm.bytes();
  }

  /** R12 points to the row of y that is three below R8. */
  private void fourthRowOfY() {
    asm.lea(R12, Address.of(R8, R9, 2, 0));
    asm.add(R12, R9);
  }

  private Address y(int row, int vector) {
    return row(row < 3 ? R8 : R12, R9, row % 3, vector * VECTOR);
  }

  private static Address row(int base, int stride, int row, int displacement) {
    return row == 0 ? Address.of(base, displacement) : Address.of(base, stride, row, displacement);
  }

  private void advance(int steps) {
    asm.addImmediate(R10, steps * Float.BYTES);
    if (rows > 3) {
      asm.addImmediate(RBX, steps * Float.BYTES);
    }
    asm.addImmediate(RAX, steps * PANEL_ROW);
  }

  private void step(int u) {
    multiplyAdd(asm, rows, u, r -> row(r < 3 ? R10 : RBX, RCX, r % 3, u * Float.BYTES));
  }

  /**
   * One step of the reduction: row {@code u} of the panel at RAX times one broadcast value for each
   * row of the tile.
   */
  private static void multiplyAdd(Assembler asm, int rows, int u, IntFunction<Address> value) {
    asm.load(12, Address.of(RAX, u * PANEL_ROW));
    asm.load(13, Address.of(RAX, u * PANEL_ROW + VECTOR));
    for (int r = 0; r < rows; r++) {
      int broadcast = 14 + r % 2;
      asm.broadcast(broadcast, value.apply(r));
      asm.fma(2 * r, broadcast, 12);
      asm.fma(2 * r + 1, broadcast, 13);
    }
  }

  private static void outerTile(Assembler asm, int from, int height) {
    asm.move(R10, RDI);
    asm.move(RAX, RDX);
    for (int r = 0; r < height; r++) {
      asm.load(2 * r, Address.of(R8, (from + r) * PANEL_ROW));
      asm.load(2 * r + 1, Address.of(R8, (from + r) * PANEL_ROW + VECTOR));
    }
    asm.move(R11, RSI);
    asm.shiftRight(R11, 2);
    asm.unlessZero(() -> outerLoop(asm, from, height, UNROLL));
    asm.move(R11, RSI);
    asm.andImmediate(R11, UNROLL - 1);
    asm.unlessZero(() -> outerLoop(asm, from, height, 1));
    for (int r = 0; r < height; r++) {
      asm.store(2 * r, Address.of(R8, (from + r) * PANEL_ROW));
      asm.store(2 * r + 1, Address.of(R8, (from + r) * PANEL_ROW + VECTOR));
    }
  }

  private static void outerLoop(Assembler asm, int from, int height, int steps) {
    asm.align(32);
    int turn = asm.here();
    for (int u = 0; u < steps; u++) {
      int first = u * PANEL_ROW + from * Float.BYTES;
      multiplyAdd(asm, height, u, r -> Address.of(R10, first + r * Float.BYTES));
    }
    asm.addImmediate(R10, steps * PANEL_ROW);
    asm.addImmediate(RAX, steps * PANEL_ROW);
    asm.decrement(R11);
    asm.jumpBackIfNotZero(turn);
  }
}
