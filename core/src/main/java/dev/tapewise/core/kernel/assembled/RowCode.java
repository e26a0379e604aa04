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
import static dev.tapewise.core.kernel.assembled.Assembler.RBP;
import static dev.tapewise.core.kernel.assembled.Assembler.RBX;
import static dev.tapewise.core.kernel.assembled.Assembler.RCX;
import static dev.tapewise.core.kernel.assembled.Assembler.RDI;
import static dev.tapewise.core.kernel.assembled.Assembler.RDX;
import static dev.tapewise.core.kernel.assembled.Assembler.RSI;
import static dev.tapewise.core.kernel.assembled.Assembler.RSP;

import dev.tapewise.core.kernel.assembled.Assembler.Address;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Machine code of the rows of depthwise and grouped convolutions: staging into a ring of {@code
 * [channel block][column][lane]}, output rows, and weight gradients. Lanes are channels; every
 * element is the chain of fma that the contract of convolutions asks for.
 *
 * <p>Arguments as the System V calling convention passes them: four float arrays a, b, c, d and an
 * int array, each as an address and an offset in bytes. Sizes, strides (in floats) and clamps (the
 * bits of a float) are ints of that array, at the places named here.
 */
sealed class RowCode permits RawRowCode {
  /** The most output columns at once. */
  static final int WIDEST = 8;

  /** Ints in front of the rows of {@link #stencil}, where the kernel's rows start in the ring. */
  static final int STENCIL_HEAD = 11;

  static final int STENCIL_BLOCKS = 0;
  static final int STENCIL_BLOCK_STEP = 1;
  static final int STENCIL_Y_STEP = 2;
  static final int STENCIL_W_STEP = 3;
  static final int STENCIL_GROUPS = 4;
  static final int STENCIL_ROWS = 5;
  static final int STENCIL_BIAS = 6;
  static final int STENCIL_AHEAD_SECOND = 7;
  static final int STENCIL_AHEAD_STEP = 8;
  static final int STENCIL_CHUNKS = 9;
  static final int STENCIL_CHUNK_STEP = 10;

  static final int STAGE_WIDTH = 0;
  static final int STAGE_BLOCKS = 1;
  static final int STAGE_PIXEL_STEP = 2;
  static final int STAGE_BLOCK_STEP = 3;
  static final int NORMALISE_BELOW = 4;
  static final int NORMALISE_LOW = 5;
  static final int NORMALISE_ABOVE = 6;
  static final int NORMALISE_HIGH = 7;
  static final int SWISH_THREE = 4;
  static final int SWISH_SIX = 5;
  static final int SWISH_SIXTH = 6;
  static final int SWISH_MINUS_THREE = 7;
  static final int GRADIENT_LOW = 4;
  static final int GRADIENT_HIGH = 5;
  static final int GRADIENT_SCALE = 6;
  static final int GRADIENT_SHIFT = 7;
  static final int GRADIENT_A = 8;
  static final int GRADIENT_B = 9;
  static final int GRADIENT_D = 10;
  static final int SWISH_GRADIENT_SHIFT = 4;
  static final int SWISH_GRADIENT_THIRD = 5;
  static final int SWISH_GRADIENT_THREE = 11;
  static final int SWISH_GRADIENT_ONE = 12;
  static final int SWISH_GRADIENT_MINUS_THREE = 13;

  /** Weights whose gradients are summed at once. */
  static final int NINE = 9;

  static final int WEIGHTS_BLOCKS = 0;
  static final int WEIGHTS_BLOCK_STEP = 1;
  static final int WEIGHTS_DZ_BLOCK_STEP = 2;
  static final int WEIGHTS_WIDTH = 3;
  static final int WEIGHTS_DZ_STEP = 4;
  static final int WEIGHTS_TAPS = 5;
  static final int WEIGHTS_DZ_ROW = WEIGHTS_TAPS + NINE;
  static final int WEIGHTS_AHEAD_FIRST = WEIGHTS_DZ_ROW + 1;
  static final int WEIGHTS_AHEAD_SECOND = WEIGHTS_DZ_ROW + 2;
  static final int WEIGHTS_AHEAD_STEP = WEIGHTS_DZ_ROW + 3;

  /** Taps of a run, next to each other in a row. */
  static final int RUN = 3;

  /** Output columns at once in {@link #weightsOfRuns}. */
  static final int RUN_COLUMNS = 4;

  /**
   * Of {@link #weightsOfRuns}, in place of taps that runs do not need: the distance of the next row
   * of dz, what is fetched next of d, and how far that goes on.
   */
  private static final int NEXT_ROW = RCX;

  private static final int FIRST = RBX;
  private static final int SECOND = RSI;
  private static final int ON = R8;

  static final int LINE = 64;

  /** Bytes between what is staged and what is fetched into cache meanwhile. */
  private static final int AHEAD = 4096;

  private static final List<Integer> KEPT = List.of(RBX, RBP, R12, R13, R14, R15);

  final Assembler asm;

  /** Bytes of a vector. */
  final int vector;

  RowCode(int lanes) {
    asm = Assembler.of(lanes);
    vector = lanes * Float.BYTES;
  }

  /**
   * Output columns in groups of {@code columns}: {@code y[column * yStep + channel] = a[bias +
   * channel] + Σ a[row + (column * step + k) * lanes + lane] * b[weight + lane]} over the kernel's
   * rows and columns k in their order. For each block of channels, b advances by {@code wStep} and
   * a by {@code blockStep}; the weights of a block lie as they are needed. All columns pass a chunk
   * of blocks, {@code chunkStep} floats of a, before the next. Meanwhile two stretches of d are
   * fetched, a line each for every row of the kernel.
   *
   * @param columns 1 to 8
   * @param kernel columns of the kernel, 1 to 6
   * @param step vectors in the ring from one output column to the next
   */
  static byte[] stencil(int lanes, int columns, int kernel, int step) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.stencilChunks(columns, kernel, step);
    return code.leave();
  }

  /** {@code a[ring] = min(max(fma(b, c, d), low), high)}, c and d by channel. */
  static byte[] normalise(int lanes) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.normaliseRow();
    return code.leave();
  }

  /** {@code a[ring] = hardSwish(fma(b, c, d))}, c and d by channel. */
  static byte[] hardSwish(int lanes) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.hardSwishRow();
    return code.leave();
  }

  /** {@code a[ring] = b}. */
  static byte[] copy(int lanes) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.inPairs(code::copyPixels);
    return code.leave();
  }

  /**
   * {@code a[ring] = fma(b', A, fma(c, B, D))} with {@code b' = b} where {@code low < fma(c, scale,
   * shift) < high}, else 0; the five vectors by channel are in d.
   */
  static byte[] gradient(int lanes) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.gradientRow();
    return code.leave();
  }

  /**
   * {@code a[ring] = fma(b', A, fma(c, B, D))} with {@code b' = b * hardSwish'(t)} where {@code t =
   * fma(c, scale, shift)} is finite, else 0; the five vectors by channel are in d.
   */
  static byte[] hardSwishGradient(int lanes) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.hardSwishGradientRow();
    return code.leave();
  }

  /**
   * {@code b[block][tap][lane] += Σ c[column * dzStep + lane] * a[place of the tap + (column *
   * step) * lanes + lane]} over the columns, for nine taps. For each block, c advances by {@code
   * dzBlockStep} and a by {@code blockStep}.
   *
   * @param step vectors in the ring from one output column to the next
   */
  static byte[] weights(int lanes, int step) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.weightBlocks(step, false);
    return code.leave();
  }

  /**
   * The same where the taps are three runs of three columns, of which only the first places count:
   * every vector is loaded once for all the sums of four columns that it enters. Meanwhile what
   * lies {@code dzRow} floats on is fetched: the next row of c where pixels lie next to each other,
   * read in a pattern that no processor sees through; and two stretches of d, a line each for every
   * four columns.
   */
  static byte[] weightsOfRuns(int lanes, int step) {
    RowCode code = new RowCode(lanes);
    code.enter();
    code.weightBlocks(step, true);
    return code.leave();
  }

  /** a in RDI, b in RDX, c in R8, d in RAX, the ints in R10; everything else is free. */
  final void enter() {
    asm.add(RDI, RSI);
    asm.add(RDX, RCX);
    asm.add(R8, R9);
    asm.loadLong(RAX, Address.of(RSP, 8));
    asm.loadLong(R9, Address.of(RSP, 16));
    asm.add(RAX, R9);
    asm.loadLong(R10, Address.of(RSP, 24));
    asm.loadLong(R9, Address.of(RSP, 32));
    asm.add(R10, R9);
    KEPT.forEach(asm::push);
  }

  final byte[] leave() {
    KEPT.reversed().forEach(asm::pop);
    asm.zeroUpper();
    asm.ret();
    return asm.bytes();
  }

  static Address argument(int index) {
    return Address.of(R10, index * Integer.BYTES);
  }

  /** An argument in floats, as bytes. */
  final void loadBytes(int register, int index) {
    asm.loadInt(register, argument(index));
    asm.shiftLeft(register, 2);
  }

  /** {@code register += }an argument in floats; R14 is lost. */
  final void addFloats(int register, int index) {
    asm.loadInt(R14, argument(index));
    asm.lea(register, Address.of(register, R14, Float.BYTES, 0));
  }

  /** Runs {@code body} as often as a counter on the stack says; R14 is lost, nothing else. */
  final void countedOnStack(int register, Runnable body) {
    asm.push(register);
    int turn = asm.here();
    body.run();
    asm.pop(R14);
    asm.decrement(R14);
    asm.push(R14);
    asm.jumpBackIfNotZero(turn);
    asm.pop(R14);
  }

  private void stencilChunks(int columns, int kernel, int step) {
    loadBytes(R9, STENCIL_Y_STEP);
    asm.move(RBP, RDI);
    addFloats(RBP, STENCIL_BIAS);
    asm.loadInt(R14, argument(STENCIL_CHUNKS));
    countedOnStack(
        R14,
        () -> {
          asm.push(RDI);
          asm.push(R8);
          asm.push(RBP);
          asm.loadInt(R14, argument(STENCIL_GROUPS));
          countedOnStack(R14, () -> stencilGroup(columns, kernel, step));
          asm.move(RDX, RSI);
          asm.pop(R14);
          asm.pop(R8);
          asm.add(R8, RBP);
          asm.subtract(R8, R14);
          asm.pop(RDI);
          addFloats(RDI, STENCIL_CHUNK_STEP);
        });
  }

  /** A group of columns, behind the counter the bias on the stack; RSI and RBP are at its end. */
  private void stencilGroup(int columns, int kernel, int step) {
    asm.move(RCX, RDI);
    asm.move(RSI, RDX);
    asm.move(RBX, R8);
    asm.loadLong(RBP, Address.of(RSP, Long.BYTES));
    asm.loadInt(R13, argument(STENCIL_BLOCKS));
    int block = asm.here();
    stencilBlock(
        columns,
        STENCIL_ROWS,
        STENCIL_HEAD,
        () -> {
          stencilRow(columns, kernel, step);
          asm.loadInt(R14, argument(STENCIL_AHEAD_SECOND));
          asm.prefetch(Address.of(RAX, 0));
          asm.prefetch(Address.of(RAX, R14, Float.BYTES, 0));
          addFloats(RAX, STENCIL_AHEAD_STEP);
          asm.addImmediate(R15, kernel * vector);
        });
    asm.addImmediate(RBP, vector);
    asm.addImmediate(RBX, vector);
    addFloats(RCX, STENCIL_BLOCK_STEP);
    addFloats(RSI, STENCIL_W_STEP);
    asm.decrement(R13);
    asm.jumpBackIfNotZero(block);
    asm.addImmediate(RDI, columns * step * vector);
    for (int j = 0; j < columns; j++) {
      asm.add(R8, R9);
    }
  }

  /** The sums of a block; {@code row} adds a row of the kernel, whose place is at R12. */
  final void stencilBlock(int columns, int rows, int table, Runnable row) {
    asm.load(0, Address.of(RBP, 0));
    for (int j = 1; j < columns; j++) {
      asm.copy(j, 0);
    }
    asm.loadInt(R11, argument(rows));
    asm.lea(R12, argument(table));
    asm.move(R15, RSI);
    asm.test(R11);
    asm.unlessZero(() -> {
      asm.align(32);
      int turn = asm.here();
      row.run();
      asm.addImmediate(R12, Integer.BYTES);
      asm.decrement(R11);
      asm.jumpBackIfNotZero(turn);
    });
    asm.move(R14, RBX);
    for (int j = 0; j < columns; j++) {
      asm.store(j, pixel(R14, j));
    }
  }

  /** The i-th pixel, R9 bytes apart; {@code base} moves on whenever three are passed, in order. */
  final Address pixel(int base, int i) {
    int place = i % 3;
    if (place == 0 && i > 0) {
      asm.lea(base, Address.of(base, R9, 2, 0));
      asm.add(base, R9);
    }
    return place == 0 ? Address.of(base, 0) : Address.of(base, R9, place, 0);
  }

  /** One row of the kernel: every vector of the ring is loaded once and used for all its sums. */
  private void stencilRow(int columns, int kernel, int step) {
    asm.loadInt(R14, Address.of(R12, 0));
    asm.lea(R14, Address.of(RCX, R14, Float.BYTES, 0));
    for (int k = 0; k < kernel; k++) {
      asm.load(WIDEST + k, Address.of(R15, k * vector));
    }
    int spare = WIDEST + kernel;
    for (int i = 0; i < (columns - 1) * step + kernel; i++) {
      int x = spare + i % (asm.registers() - spare);
      asm.load(x, Address.of(R14, i * vector));
      addProducts(x, i, columns, kernel, step);
    }
  }

  /** Adds the products of vector x, the i-th of a row, to all sums that it enters. */
  final void addProducts(int x, int i, int columns, int kernel, int step) {
    for (int k = 0; k < kernel; k++) {
      int j = (i - k) / step;
      if (i >= k && (i - k) % step == 0 && j < columns) {
        asm.fma(j, x, WIDEST + k);
      }
    }
  }

  /** A body for two pixels and for the one that is left. */
  private interface Pixels {
    /** Stages pixels, RDI being the first one's place in the ring, and moves on. */
    void write(int pixels);
  }

  private void inPairs(Pixels body) {
    for (int pixels = 2; pixels > 0; pixels--) {
      int count = pixels;
      asm.loadInt(R14, argument(STAGE_WIDTH));
      if (count == 2) {
        asm.shiftRight(R14, 1);
      } else {
        asm.andImmediate(R14, 1);
      }
      asm.unlessZero(() ->
          countedOnStack(
              R14,
              () -> {
                body.write(count);
                asm.addImmediate(RDI, count * vector);
              }));
    }
  }

  /** Runs {@code body} for every block, R11 going along the ring and R12 along channels. */
  private void forBlocks(Runnable body) {
    asm.move(R11, RDI);
    asm.subtract(R12, R12);
    asm.loadInt(R13, argument(STAGE_BLOCKS));
    asm.align(32);
    int block = asm.here();
    body.run();
    asm.addImmediate(R12, vector);
    addFloats(R11, STAGE_BLOCK_STEP);
    asm.decrement(R13);
    asm.jumpBackIfNotZero(block);
  }

  /** Asks for as many cache lines, {@link #AHEAD} bytes on, as the pixels' vectors fill. */
  private void fetch(int base, int pixels) {
    for (int at = 0; at < pixels * vector; at += LINE) {
      asm.prefetch(Address.of(base, R12, pixels, AHEAD + at));
    }
  }

  private static Address channel(int base) {
    return Address.of(base, R12, 1, 0);
  }

  private void copyPixels(int pixels) {
    loadBytes(R9, STAGE_PIXEL_STEP);
    asm.lea(RCX, Address.of(RDX, R9, 1, 0));
    forBlocks(() -> {
      fetch(RDX, pixels);
      for (int p = 0; p < pixels; p++) {
        asm.load(p, channel(p == 0 ? RDX : RCX));
        asm.store(p, Address.of(R11, p * vector));
      }
    });
    asm.lea(RDX, Address.of(RDX, R9, pixels, 0));
  }

  private void normaliseRow() {
    asm.broadcast(12, argument(NORMALISE_BELOW));
    asm.broadcast(13, argument(NORMALISE_LOW));
    asm.broadcast(14, argument(NORMALISE_ABOVE));
    asm.broadcast(15, argument(NORMALISE_HIGH));
    inPairs(pixels -> normed(pixels, this::clamp));
  }

  /** Pixels times scale plus shift, then {@code activation} of each one's register. */
  private void normed(int pixels, IntConsumer activation) {
    loadBytes(R9, STAGE_PIXEL_STEP);
    asm.lea(RCX, Address.of(RDX, R9, 1, 0));
    forBlocks(() -> {
      fetch(RDX, pixels);
      asm.load(4, channel(R8));
      asm.load(5, channel(RAX));
      for (int p = 0; p < pixels; p++) {
        asm.load(p, channel(p == 0 ? RDX : RCX));
        asm.multiplyThenAdd(p, 4, 5);
        activation.accept(p);
        asm.store(p, Address.of(R11, p * vector));
      }
    });
    asm.lea(RDX, Address.of(RDX, R9, pixels, 0));
  }

  private void clamp(int x) {
    int spare = 2 + x;
    asm.replace(x, x, Assembler.LESS, 12, 13, spare);
    asm.replace(x, x, Assembler.GREATER, 14, 15, spare);
  }

  private void hardSwishRow() {
    asm.zero(11);
    asm.broadcast(12, argument(SWISH_THREE));
    asm.broadcast(13, argument(SWISH_SIX));
    asm.broadcast(14, argument(SWISH_SIXTH));
    asm.broadcast(15, argument(SWISH_MINUS_THREE));
    inPairs(pixels -> normed(pixels, this::swish));
  }

  private void swish(int x) {
    int gate = 2 + x;
    asm.plus(gate, x, 12);
    asm.larger(gate, 11, gate);
    asm.smaller(gate, 13, gate);
    asm.times(gate, gate, 14);
    asm.larger(x, 15, x);
    asm.times(x, x, gate);
  }

  private void gradientRow() {
    asm.broadcast(14, argument(GRADIENT_LOW));
    asm.broadcast(15, argument(GRADIENT_HIGH));
    loadVectors();
    inPairs(this::gradientPixels);
  }

  private void hardSwishGradientRow() {
    asm.broadcast(10, argument(SWISH_GRADIENT_SHIFT));
    asm.broadcast(11, argument(SWISH_GRADIENT_THIRD));
    asm.broadcast(12, argument(SWISH_GRADIENT_THREE));
    asm.broadcast(13, argument(SWISH_GRADIENT_ONE));
    asm.broadcast(14, argument(SWISH_GRADIENT_MINUS_THREE));
    asm.zero(15);
    loadVectors();
    inPairs(this::hardSwishGradientPixels);
  }

  /** The places of scale, shift, A, B and D into RBX, RBP, R9, R15 and RAX. */
  private void loadVectors() {
    int[] vectors = {RBX, RBP, R9, R15, RAX};
    for (int i = 0; i < vectors.length; i++) {
      asm.loadInt(R14, argument(GRADIENT_SCALE + i));
      asm.lea(vectors[i], Address.of(RAX, R14, Float.BYTES, 0));
    }
  }

  /** Runs {@code body} for every block of g in RDX, RCX and z in R8, RSI, and moves on. */
  private void gradientBlocks(int pixels, Runnable body) {
    loadBytes(R14, STAGE_PIXEL_STEP);
    asm.lea(RCX, Address.of(RDX, R14, 1, 0));
    asm.lea(RSI, Address.of(R8, R14, 1, 0));
    forBlocks(() -> {
      fetch(RDX, pixels);
      fetch(R8, pixels);
      body.run();
    });
    loadBytes(R14, STAGE_PIXEL_STEP);
    asm.lea(RDX, Address.of(RDX, R14, pixels, 0));
    asm.lea(R8, Address.of(R8, R14, pixels, 0));
  }

  private void gradientPixels(int pixels) {
    gradientBlocks(
        pixels,
        () -> {
          asm.load(8, channel(RBX));
          asm.load(9, channel(RBP));
          asm.load(10, channel(R9));
          asm.load(11, channel(R15));
          asm.load(12, channel(RAX));
          for (int p = 0; p < pixels; p++) {
            int z = 4 * p;
            asm.load(z, channel(p == 0 ? R8 : RSI));
            asm.copy(z + 1, z);
            asm.multiplyThenAdd(z + 1, 8, 9);
            asm.loadBetween(z + 2, channel(p == 0 ? RDX : RCX), z + 1, 14, 15, z + 3);
            asm.multiplyThenAdd(z, 11, 12);
            asm.fma(z, z + 2, 10);
            asm.store(z, Address.of(R11, p * vector));
          }
        });
  }

  private void hardSwishGradientPixels(int pixels) {
    gradientBlocks(
        pixels,
        () -> {
          asm.load(8, channel(RBX));
          asm.load(9, channel(R15));
          for (int p = 0; p < pixels; p++) {
            int z = 4 * p;
            int t = z + 1;
            int slope = z + 2;
            int spare = z + 3;
            asm.load(z, channel(p == 0 ? R8 : RSI));
            asm.copy(t, z);
            asm.multiplyThenAdd(t, 8, channel(RBP));
            asm.plus(slope, t, 10);
            asm.times(slope, slope, 11);
            asm.replace(slope, t, Assembler.GREATER, 12, 13, spare);
            asm.replace(slope, t, Assembler.LESS, 14, 15, spare);
            asm.times(slope, slope, channel(p == 0 ? RDX : RCX));
            asm.minus(t, t, t); // NaN unless it is finite
            asm.replace(slope, t, Assembler.UNORDERED, t, 15, spare);
            asm.multiplyThenAdd(z, 9, channel(RAX));
            asm.fma(z, slope, channel(R9));
            asm.store(z, Address.of(R11, p * vector));
          }
        });
  }

  private void weightBlocks(int step, boolean runs) {
    int[] taps = {RAX, RCX, RBX, RBP, RSI, R8, R9, R11, R12};
    asm.move(R15, R8);
    if (runs) {
      asm.move(FIRST, RAX);
      addFloats(FIRST, WEIGHTS_AHEAD_FIRST);
      asm.move(SECOND, RAX);
      addFloats(SECOND, WEIGHTS_AHEAD_SECOND);
      loadBytes(ON, WEIGHTS_AHEAD_STEP);
      loadBytes(NEXT_ROW, WEIGHTS_DZ_ROW);
    }
    for (int t = 0; t < NINE; t += runs ? RUN : 1) {
      asm.loadInt(R14, argument(WEIGHTS_TAPS + t));
      asm.lea(taps[t], Address.of(RDI, R14, Float.BYTES, 0));
    }
    asm.move(RDI, R15);
    asm.subtract(R15, R15);
    asm.loadInt(R14, argument(WEIGHTS_BLOCKS));
    int most = runs ? RUN_COLUMNS : 2;
    countedOnStack(
        R14,
        () -> {
          for (int t = 0; t < NINE; t++) {
            asm.load(t, Address.of(RDX, t * vector));
          }
          asm.push(RDI);
          asm.loadInt(R13, argument(WEIGHTS_WIDTH));
          asm.shiftRight(R13, Integer.numberOfTrailingZeros(most));
          asm.unlessZero(() -> weightColumns(taps, step, most, runs));
          asm.loadInt(R13, argument(WEIGHTS_WIDTH));
          asm.andImmediate(R13, most - 1);
          asm.unlessZero(() -> weightColumns(taps, step, 1, runs));
          for (int t = 0; t < NINE; t++) {
            asm.store(t, Address.of(RDX, t * vector));
          }
          asm.addImmediate(RDX, NINE * vector);
          asm.pop(RDI);
          addFloats(RDI, WEIGHTS_DZ_BLOCK_STEP);
          addFloats(R15, WEIGHTS_BLOCK_STEP); // from the end of a row to the next block's start
          asm.loadInt(R14, argument(WEIGHTS_WIDTH));
          asm.shiftLeft(R14, Integer.numberOfTrailingZeros(step * vector));
          asm.subtract(R15, R14);
        });
  }

  private void weightColumns(int[] taps, int step, int columns, boolean runs) {
    loadBytes(R14, WEIGHTS_DZ_STEP);
    asm.align(32);
    int turn = asm.here();
    for (int j = 0; j < columns; j++) {
      asm.load(NINE + j, Address.of(RDI, 0));
      if (runs) {
        asm.prefetch(Address.of(RDI, NEXT_ROW, 1, 0));
      }
      asm.add(RDI, R14);
    }
    if (columns == RUN_COLUMNS) {
      asm.prefetch(Address.of(FIRST, 0));
      asm.prefetch(Address.of(SECOND, 0));
      asm.add(FIRST, ON);
      asm.add(SECOND, ON);
      runColumns(taps, step);
    } else {
      for (int j = 0; j < columns; j++) {
        for (int t = 0; t < NINE; t++) {
          int place = runs ? t - t % RUN : t;
          asm.fma(t, NINE + j, Address.of(taps[place], R15, 1, (j * step + t - place) * vector));
        }
      }
    }
    asm.addImmediate(R15, columns * step * vector);
    asm.decrement(R13);
    asm.jumpBackIfNotZero(turn);
  }

  /** Four columns of three runs of taps; runs take turns, so that their chains overlap. */
  private void runColumns(int[] taps, int step) {
    int first = NINE + RUN_COLUMNS;
    int turn = 0;
    for (int i = 0; i < (RUN_COLUMNS - 1) * step + RUN; i++) {
      for (int run = 0; run < NINE; run += RUN) {
        int x = first + turn++ % (asm.registers() - first);
        asm.load(x, Address.of(taps[run], R15, 1, i * vector));
        addRun(run, x, i, step, RUN_COLUMNS);
      }
    }
  }

  /** Adds the products of vector x, the i-th of a row, to the sums of a run that it enters. */
  final void addRun(int run, int x, int i, int step, int columns) {
    for (int k = 0; k < RUN; k++) {
      int j = (i - k) / step;
      if (i >= k && (i - k) % step == 0 && j < columns) {
        asm.fma(run + k, NINE + j, x);
      }
    }
  }
}
