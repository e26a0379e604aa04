package dev.tapewise.core.kernel.assembled;

import static dev.tapewise.core.kernel.assembled.Assembler.R11;
import static dev.tapewise.core.kernel.assembled.Assembler.R12;
import static dev.tapewise.core.kernel.assembled.Assembler.R13;
import static dev.tapewise.core.kernel.assembled.Assembler.R14;
import static dev.tapewise.core.kernel.assembled.Assembler.R15;
import static dev.tapewise.core.kernel.assembled.Assembler.R8;
import static dev.tapewise.core.kernel.assembled.Assembler.R9;
import static dev.tapewise.core.kernel.assembled.Assembler.RAX;
import static dev.tapewise.core.kernel.assembled.Assembler.RBP;
import static dev.tapewise.core.kernel.assembled.Assembler.RBX;
import static dev.tapewise.core.kernel.assembled.Assembler.RCX;
import static dev.tapewise.core.kernel.assembled.Assembler.RDI;
import static dev.tapewise.core.kernel.assembled.Assembler.RDX;
import static dev.tapewise.core.kernel.assembled.Assembler.RSI;
import static dev.tapewise.core.kernel.assembled.Assembler.RSP;

import dev.tapewise.core.kernel.assembled.Assembler.Address;

/**
 * Machine code of the rows of depthwise convolutions whose pixels are read where they lie, not from
 * a ring: output rows and weight gradients. Arguments are passed as for {@link RowCode}.
 *
 * <p>What lies outside the image is read from zeros: a row of the kernel by a pointer to them, a
 * pixel at an end by a conditional move of its pointer, so that no product is left out.
 */
final class RawRowCode extends RowCode {
  static final int RAW_BLOCKS = 0;
  static final int RAW_X = 1;
  static final int RAW_STEP = 2;
  static final int RAW_W_STEP = 3;
  static final int RAW_GROUPS = 4;
  static final int RAW_ROWS = 5;
  static final int RAW_BIAS = 6;
  static final int RAW_NEXT = 7;
  static final int RAW_CHUNKS = 8;
  static final int RAW_ZEROS = 9;
  static final int RAW_LEFT = 10;
  static final int RAW_RIGHT = 11;

  /** Ints in front of the rows of {@link #rawStencil}. */
  static final int RAW_HEAD = 12;

  /** The first of the right bits. */
  static final int RIGHT_BIT = 1 << 8;

  static final int RAW_WEIGHTS_BLOCKS = 0;
  static final int RAW_WEIGHTS_DZ_BLOCK_STEP = 1;
  static final int RAW_WEIGHTS_DZ_STEP = 2;
  static final int RAW_WEIGHTS_DZ_ROW = 3;
  static final int RAW_WEIGHTS_FOURS = 4;
  static final int RAW_WEIGHTS_STEP = 5;
  static final int RAW_WEIGHTS_LEFT = 6;
  static final int RAW_WEIGHTS_RIGHT = 7;
  static final int RAW_WEIGHTS_NEXT = 8;
  static final int RAW_WEIGHTS_X = 9;
  static final int RAW_WEIGHTS_ZEROS = 10;
  static final int RAW_WEIGHTS_ROWS = 11;

  /** The three rows that a kernel meets. */
  private static final int[] RAW_ROWS_AT = {RBX, RBP, RSI};

  private RawRowCode(int lanes) {
    super(lanes);
  }

  /**
   * Output columns in groups of {@code columns}: {@code c[column * pixelStep + channel] = a[bias +
   * channel] + Σ d[row + (column * step + k) * pixelStep + channel] * b[weight + lane]}, otherwise
   * as {@link #stencil}. Pixels of c and d are as many floats apart. A row may be −1: then it is
   * zeros, read at {@code a}'s {@code zeros}, as are the pixels of the first group whose bits
   * {@code left} has, counted from the first that it reads, and of the last group those of {@code
   * right}, from its last. Of d {@link #rawAhead} is fetched from {@code next} on.
   *
   * @param columns 1 to 8
   * @param kernel columns of the kernel, odd: half of them, rounded down, may lie outside
   */
  static byte[] rawStencil(int lanes, int columns, int kernel, int step) {
    RawRowCode code = new RawRowCode(lanes);
    code.enter();
    code.rawChunks(columns, kernel, step);
    return code.leave();
  }

  /**
   * Floats that {@link #rawStencil} fetches for each row of the kernel, whole lines: in all what
   * the next output row is the first to read, if the kernel and its stride are square.
   */
  static int rawAhead(int lanes, int columns, int kernel, int step) {
    int line = LINE / Float.BYTES;
    return Math.ceilDiv(columns * step * step * lanes, kernel * line) * line;
  }

  /**
   * {@code b[block][tap][lane] += Σ c[column * dzStep + lane] * d[place of the tap + column * step
   * pixels + lane]} over the columns, for the nine taps of a 3×3 kernel. A row may be −1: then it
   * is zeros, read at {@code a}'s {@code zeros}, as are the first pixel if {@code left} is 1 and
   * the last if {@code right} is {@link #RIGHT_BIT}. Meanwhile what lies {@code dzRow} floats on in
   * c is fetched, and of d from {@code next} on what the next row of c is the first to read.
   *
   * @param rest columns that are left of groups of four
   */
  static byte[] rawWeights(int lanes, int step, int rest) {
    RawRowCode code = new RawRowCode(lanes);
    code.enter();
    code.rawWeightBlocks(step, rest);
    return code.leave();
  }

  private void rawChunks(int columns, int kernel, int step) {
    loadBytes(R9, RAW_STEP);
    asm.move(RBX, R8);
    asm.move(RSI, RDX);
    asm.move(RBP, RDI);
    addFloats(RBP, RAW_BIAS);
    addFloats(RDI, RAW_ZEROS);
    asm.move(RCX, RAX);
    addFloats(RCX, RAW_X);
    addFloats(RAX, RAW_NEXT);
    asm.loadInt(R14, argument(RAW_CHUNKS));
    countedOnStack(
        R14,
        () -> {
          asm.push(RCX);
          asm.push(RBX);
          asm.push(RSI);
          asm.push(RBP);
          asm.loadInt(RDX, argument(RAW_LEFT));
          asm.loadInt(R14, argument(RAW_GROUPS));
          countedOnStack(R14, () -> rawGroup(columns, kernel, step));
          asm.pop(R14);
          asm.pop(R14);
          asm.pop(RBX);
          asm.pop(RCX);
          loadBlocks(R14);
          asm.add(RCX, R14);
          asm.add(RBX, R14);
        });
  }

  /** Bytes of a pixel's blocks. */
  private void loadBlocks(int register) {
    asm.loadInt(register, argument(RAW_BLOCKS));
    asm.shiftLeft(register, Integer.numberOfTrailingZeros(vector));
  }

  /** A group of columns; on the stack are the counter of groups, the bias and the weights. */
  private void rawGroup(int columns, int kernel, int step) {
    asm.loadInt(R11, argument(RAW_RIGHT));
    asm.loadLong(R14, Address.of(RSP, 0));
    asm.decrement(R14);
    asm.unlessZero(() -> asm.subtract(R11, R11));
    asm.add(RDX, R11);
    asm.loadLong(RBP, Address.of(RSP, Long.BYTES));
    asm.loadLong(RSI, Address.of(RSP, 2 * Long.BYTES));
    asm.loadInt(R13, argument(RAW_BLOCKS));
    int block = asm.here();
    stencilBlock(
        columns,
        RAW_ROWS,
        RAW_HEAD,
        () -> {
          rawRow(columns, kernel, step);
          int bytes = rawAhead(vector / Float.BYTES, columns, kernel, step) * Float.BYTES;
          for (int at = 0; at < bytes; at += LINE) {
            asm.prefetch(Address.of(RAX, at));
          }
          asm.addImmediate(RAX, bytes);
          asm.addImmediate(R15, kernel * vector);
        });
    asm.addImmediate(RBP, vector);
    asm.addImmediate(RBX, vector);
    asm.addImmediate(RCX, vector);
    addFloats(RSI, RAW_W_STEP);
    asm.decrement(R13);
    asm.jumpBackIfNotZero(block);
    asm.subtract(RDX, RDX);
    loadBlocks(R14);
    asm.subtract(RCX, R14);
    asm.subtract(RBX, R14);
    for (int j = 0; j < columns; j++) {
      asm.add(RBX, R9);
      asm.lea(RCX, Address.of(RCX, R9, step, 0));
    }
  }

  /** One row of the kernel, pixels at the edges in R8 since they may be zeros. */
  private void rawRow(int columns, int kernel, int step) {
    loadRow(R14, Address.of(R12, 0), RCX, RDI);
    for (int k = 0; k < kernel; k++) {
      asm.load(WIDEST + k, Address.of(R15, k * vector));
    }
    int spare = WIDEST + kernel;
    int pixels = (columns - 1) * step + kernel;
    int edge = kernel / 2;
    for (int i = 0; i < pixels; i++) {
      int x = spare + i % (asm.registers() - spare);
      Address pixel = pixel(R14, i);
      if (i < edge || i >= pixels - edge) {
        int bit = i < edge ? 1 << i : RIGHT_BIT << (pixels - 1 - i);
        pixel = orZeros(pixel, R8, RDX, bit, RDI);
      }
      asm.load(x, pixel);
      addProducts(x, i, columns, kernel, step);
    }
  }

  /** Where a row of the kernel starts behind {@code base}, or zeros for −1; R14 is lost. */
  private void loadRow(int row, Address place, int base, int zeros) {
    asm.loadInt(R14, place);
    asm.test(R14);
    asm.lea(row, Address.of(base, R14, Float.BYTES, 0));
    asm.moveIfNegative(row, zeros);
  }

  /** A pixel, or zeros if {@code flags} has the bit; the pointer is in {@code spare}. */
  private Address orZeros(Address pixel, int spare, int flags, int bit, int zeros) {
    asm.lea(spare, pixel);
    asm.testBits(flags, bit);
    asm.moveIfNotZero(spare, zeros);
    return Address.of(spare, 0);
  }

  private void rawWeightBlocks(int step, int rest) {
    asm.move(R11, RDI);
    addFloats(R11, RAW_WEIGHTS_ZEROS);
    asm.move(RDI, R8);
    asm.move(R8, R11);
    asm.move(R12, RAX);
    addFloats(R12, RAW_WEIGHTS_NEXT);
    addFloats(RAX, RAW_WEIGHTS_X);
    loadBytes(R9, RAW_WEIGHTS_STEP);
    loadBytes(R15, RAW_WEIGHTS_DZ_STEP);
    loadBytes(RCX, RAW_WEIGHTS_DZ_ROW);
    asm.loadInt(R14, argument(RAW_WEIGHTS_BLOCKS));
    countedOnStack(
        R14,
        () -> {
          for (int run = 0; run < RUN; run++) {
            loadRow(RAW_ROWS_AT[run], argument(RAW_WEIGHTS_ROWS + run), RAX, R8);
          }
          for (int t = 0; t < NINE; t++) {
            asm.load(t, Address.of(RDX, t * vector));
          }
          asm.push(RDI);
          asm.loadInt(R11, argument(RAW_WEIGHTS_LEFT));
          asm.loadInt(R13, argument(RAW_WEIGHTS_FOURS));
          asm.test(R13);
          asm.unlessZero(() -> {
            asm.align(32);
            int turn = asm.here();
            asm.loadInt(R14, argument(RAW_WEIGHTS_RIGHT));
            asm.decrement(R13);
            if (rest == 0) {
              asm.unlessZero(() -> asm.subtract(R14, R14));
              asm.add(R11, R14);
            }
            rawWeightColumns(step, RUN_COLUMNS);
            toNextFour(step);
            asm.subtract(R11, R11);
            asm.test(R13);
            asm.jumpBackIfNotZero(turn);
          });
          if (rest > 0) {
            asm.loadInt(R14, argument(RAW_WEIGHTS_RIGHT));
            asm.add(R11, R14);
            rawWeightColumns(step, rest);
          }
          for (int t = 0; t < NINE; t++) {
            asm.store(t, Address.of(RDX, t * vector));
          }
          asm.addImmediate(RDX, NINE * vector);
          asm.addImmediate(RAX, vector);
          asm.pop(RDI);
          addFloats(RDI, RAW_WEIGHTS_DZ_BLOCK_STEP);
        });
  }

  private void rawWeightColumns(int step, int columns) {
    for (int j = 0; j < columns; j++) {
      asm.load(NINE + j, Address.of(RDI, 0));
      asm.prefetch(Address.of(RDI, RCX, 1, 0));
      asm.add(RDI, R15);
    }
    int lines = Math.ceilDiv(columns * step * step * vector, LINE);
    for (int i = 0; i < lines; i++) {
      asm.prefetch(Address.of(R12, i * LINE));
    }
    asm.addImmediate(R12, lines * LINE);
    int first = NINE + columns;
    int turn = 0;
    int pixels = (columns - 1) * step + RUN;
    for (int i = 0; i < pixels; i++) {
      for (int run = 0; run < RUN; run++) {
        int row = RAW_ROWS_AT[run];
        Address pixel = pixel(row, i);
        if (i == 0 || i == pixels - 1) {
          pixel = orZeros(pixel, R14, R11, i == 0 ? 1 : RIGHT_BIT, R8);
        }
        int x = first + turn++ % (asm.registers() - first);
        asm.load(x, pixel);
        addRun(RUN * run, x, i, step, columns);
      }
    }
  }

  /** Moves on from the last pixels of four columns to the first of the next ones. */
  private void toNextFour(int step) {
    int moved = ((RUN_COLUMNS - 1) * step + RUN - 1) / 3 * 3;
    for (int row : RAW_ROWS_AT) {
      for (int i = moved; i < RUN_COLUMNS * step; i++) {
        asm.add(row, R9);
      }
    }
  }
}
