package dev.tapewise.core.kernel.assembled;

import static dev.tapewise.core.kernel.assembled.Assembler.R10;
import static dev.tapewise.core.kernel.assembled.Assembler.R11;
import static dev.tapewise.core.kernel.assembled.Assembler.R9;
import static dev.tapewise.core.kernel.assembled.Assembler.RCX;
import static dev.tapewise.core.kernel.assembled.Assembler.RDI;
import static dev.tapewise.core.kernel.assembled.Assembler.RDX;
import static dev.tapewise.core.kernel.assembled.Assembler.RSI;
import static dev.tapewise.core.kernel.assembled.Assembler.RSP;

import dev.tapewise.core.kernel.assembled.Assembler.Address;

/**
 * Machine code that transposes rows into a panel. Arguments as the System V calling convention
 * passes them: three pairs of an array's address and an offset in bytes, the third not used, then
 * longs on the stack.
 */
final class TransposeCode {
  /** Rows that are transposed together, and the lanes that instructions exchange values among. */
  private static final int FOUR = 4;

  /** The low halves of every four lanes of two vectors, and the high ones. */
  private static final int LOW_HALVES = 0x44;

  private static final int HIGH_HALVES = 0xEE;

  private TransposeCode() {}

  /**
   * {@code panel [columns, 2 lanes]} becomes the transpose of {@code x [2 lanes, columns]}. On the
   * stack: bytes from row to row of x, and how many times {@code lanes} columns there are.
   */
  static byte[] panel(int lanes) {
    Assembler asm = Assembler.of(lanes);
    asm.add(RDI, RSI);
    asm.add(RDX, RCX);
    asm.loadLong(RCX, Address.of(RSP, 8));
    asm.loadLong(R9, Address.of(RSP, 16));
    int panelRow = 2 * lanes * Float.BYTES;
    int turn = asm.here();
    asm.move(R10, RDI);
    for (int row = 0; row < 2 * lanes; row += FOUR) {
      transposeFour(asm);
      for (int i = 0; i < lanes; i++) {
        int place = i * panelRow + row * Float.BYTES;
        asm.storeQuarter(i % FOUR, i / FOUR, Address.of(RDX, place));
      }
      asm.lea(R10, Address.of(R11, RCX, 2, 0));
    }
    asm.addImmediate(RDI, lanes * Float.BYTES);
    asm.addImmediate(RDX, lanes * panelRow);
    asm.decrement(R9);
    asm.jumpBackIfNotZero(turn);
    asm.zeroUpper();
    asm.ret();
    return asm.bytes();
  }

  /**
   * Registers 0 to 3 become columns of four rows from R10 on: column {@code 4 q + i} is the quarter
   * q of register i. R11 becomes the third row.
   */
  private static void transposeFour(Assembler asm) {
    asm.lea(R11, Address.of(R10, RCX, 2, 0));
    asm.load(0, Address.of(R10, 0));
    asm.load(1, Address.of(R10, RCX, 1, 0));
    asm.load(2, Address.of(R11, 0));
    asm.load(3, Address.of(R11, RCX, 1, 0));
    asm.interleaveLow(4, 0, 1);
    asm.interleaveHigh(5, 0, 1);
    asm.interleaveLow(6, 2, 3);
    asm.interleaveHigh(7, 2, 3);
    asm.shuffle(0, 4, 6, LOW_HALVES);
    asm.shuffle(1, 4, 6, HIGH_HALVES);
    asm.shuffle(2, 5, 7, LOW_HALVES);
    asm.shuffle(3, 5, 7, HIGH_HALVES);
  }
}
