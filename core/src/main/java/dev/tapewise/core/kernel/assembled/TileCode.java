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
import java.util.function.IntFunction;

/**
 * Machine code of register tiles: {@code rows} times one or two vectors from register 0 on, then
 * the panel's vectors, then broadcasts. Every element is one chain of fma in increasing index, as
 * the contract of products asks for.
 *
 * <p>Arguments as the System V calling convention passes them: three pairs of an array's address
 * and an offset in bytes, then on the stack a fourth pair and eight longs. The fourth array is what
 * is fetched into cache meanwhile, a line each of two stretches per turn of the reduction's loop: a
 * long says how far the second stretch lies behind the first, and the one before it how far both go
 * on per turn.
 */
final class TileCode {
  /** Steps of the reduction per turn of the loop. */
  static final int UNROLL = 4;

  /** Places on the stack, of both kinds of tiles. */
  private static final int AHEAD = 0;

  private static final int AHEAD_OFFSET = 1;
  private static final int AHEAD_STEP = 8;
  private static final int AHEAD_SECOND = 9;
  private static final int X_STEP = 2;

  /** Of products. */
  private static final int Y_STEP = 3;

  private static final int REDUCE = 4;
  private static final int TILES = 5;
  private static final int PANELS = 6;
  private static final int MASK = 7;

  /** Of outer products. */
  private static final int DY_STEP = 3;

  private static final int ROWS_OF_X = 4;
  private static final int TURNS = 5;

  /** What is fetched next, of two stretches, and how far both go on. */
  private static final int FIRST = R13;

  private static final int SECOND = R15;
  private static final int ON = RSI;

  /** Each points to the first of three rows of x. */
  private static final List<Integer> ROWS = List.of(R10, RBX, RBP, R14);

  private static final List<Integer> KEPT = List.of(RBX, RBP, R12, R13, R14, R15);

  private final Assembler asm;

  /** Rows of the tile; of outer products, all columns of x. */
  private final int rows;

  /** Vectors of a row of the tile. */
  private final int vectors;

  private final int tallest;
  private final int vector;

  /** Longs on the stack before the return address. */
  private int pushed;

  private TileCode(int lanes, int rows, int vectors) {
    this.asm = Assembler.of(lanes);
    this.rows = rows;
    this.vectors = vectors;
    this.tallest = tallest(asm);
    this.vector = lanes * Float.BYTES;
  }

  /** The most rows of a tile: 6 with 16 registers, 12 with 32. */
  static int tallest(Assembler asm) {
    return (asm.registers() - 4) / 2 / 6 * 6;
  }

  /** How the rows of x lie. */
  enum Rows {
    /** A stride apart. */
    STRIDED,

    /** In blocks {@code [reduce / lanes][row][lane]}. */
    BLOCKS
  }

  /**
   * {@code y [rows, vectors] (+)= x [rows, reduce] · panel [reduce, 2 vectors]}, repeated for tile
   * below tile, and for panel behind panel. On the stack: bytes from row to row of x, or from block
   * to block, and from row to row of y; the reduction's length, the number of tiles and of panels,
   * the lanes of a row's last vector as bits.
   *
   * @param rows 1 to {@link #tallest}
   * @param vectors 1 or 2
   * @param masked whether the last vector of a row of y has only the lanes that the bits say
   * @param add whether chains start from y
   * @param form how the rows of x lie
   */
  static byte[] product(int lanes, int rows, int vectors, boolean masked, boolean add, Rows form) {
    return new TileCode(lanes, rows, vectors).product(masked, add, form);
  }

  /**
   * {@code partial [columns, 2 vectors] (+)= xᵀ · dy} over rows of two blocks {@code [row][lane]}
   * of x and of dy each, or one where that is enough, repeated for the next two blocks of x and the
   * next columns of partial. On the stack: bytes from block to block of x and of dy, the number of
   * rows, how often.
   *
   * @param columns columns of x, a multiple of 4 up to 2 lanes
   * @param vectors 1 or 2: with 1, what is written instead of added to has zeros behind it
   * @param add whether chains start from partial
   */
  static byte[] outer(int lanes, int columns, int vectors, boolean add) {
    TileCode code = new TileCode(lanes, columns, vectors);
    code.enter();
    code.outerTiles(add);
    return code.leave();
  }

  /** As tall as can be, but so that the last keeps four columns or more: 16 = 6 + 6 + 4. */
  private int outerHeight(int left) {
    int rest = left % tallest;
    return left <= tallest ? left : rest == 0 || rest >= 4 ? tallest : 4;
  }

  /**
   * The addresses of the three operands in RDI, RDX and R8; those of what is fetched in {@link
   * #FIRST} and {@link #SECOND}, and how far they go on per turn in {@link #ON}.
   */
  private void enter() {
    asm.add(RDI, RSI);
    asm.add(RDX, RCX);
    asm.add(R8, R9);
    KEPT.forEach(asm::push);
    pushed = KEPT.size();
    asm.loadLong(FIRST, argument(AHEAD));
    asm.loadLong(R9, argument(AHEAD_OFFSET));
    asm.add(FIRST, R9);
    asm.loadLong(SECOND, argument(AHEAD_SECOND));
    asm.add(SECOND, FIRST);
    asm.loadLong(ON, argument(AHEAD_STEP));
  }

  private byte[] leave() {
    asm.zeroUpper();
    KEPT.reversed().forEach(asm::pop);
    asm.ret();
    return asm.bytes();
  }

  /** A long on the stack; what is pushed lies before it, and the return address. */
  private Address argument(int index) {
    return Address.of(RSP, (pushed + 1 + index) * Long.BYTES);
  }

  private void push(int register) {
    asm.push(register);
    pushed++;
  }

  private void pop(int register) {
    asm.pop(register);
    pushed--;
  }

  private void fetch() {
    asm.prefetch(Address.of(FIRST, 0));
    asm.prefetch(Address.of(SECOND, 0));
    asm.add(FIRST, ON);
    asm.add(SECOND, ON);
  }

  private byte[] product(boolean masked, boolean add, Rows form) {
    enter();
    asm.loadLong(RCX, argument(X_STEP));
    asm.loadLong(R9, argument(Y_STEP));
    if (masked) {
      asm.loadLong(RAX, argument(MASK));
      asm.mask(RAX);
    }
    asm.loadLong(RAX, argument(PANELS));
    push(RAX);
    int panel = asm.here();
    push(RDI);
    push(R8);
    asm.loadLong(R11, argument(TILES));
    int tile = asm.here();
    asm.move(R10, RDI);
    asm.move(RAX, RDX);
    tile(masked, add, form);
    for (int r = 0; r < rows; r++) {
      asm.add(R8, R9);
    }
    asm.decrement(R11);
    asm.jumpBackIfNotZero(tile);
    pop(R8);
    pop(RDI);
    asm.move(RDX, RAX); // the next panel lies behind this one
    asm.addImmediate(R8, 2 * vector);
    asm.pop(RAX);
    asm.decrement(RAX);
    asm.push(RAX);
    asm.jumpBackIfNotZero(panel);
    pop(RAX);
    return leave();
  }

  private void tile(boolean masked, boolean add, Rows form) {
    forEachOfY((register, place) -> {
      if (!add) {
        asm.zero(register);
      } else if (masked && isLast(register)) {
        asm.loadMasked(register, place);
      } else {
        asm.load(register, place);
      }
    });
    if (form == Rows.BLOCKS) {
      reduceBlocks();
      asm.addImmediate(RDI, rows * vector);
    } else {
      reduceRows();
      for (int r = 0; r < rows; r++) {
        asm.add(RDI, RCX);
      }
    }
    forEachOfY((register, place) -> {
      if (masked && isLast(register)) {
        asm.storeMasked(register, place);
      } else {
        asm.store(register, place);
      }
    });
  }

  private void reduceRows() {
    for (int i = 1; i < bases(); i++) {
      threeRowsOn(ROWS.get(i), ROWS.get(i - 1), RCX);
    }
    asm.loadLong(R12, argument(REDUCE));
    asm.shiftRight(R12, 2);
    counted(() -> {
      for (int u = 0; u < UNROLL; u++) {
        rowStep(u);
      }
      fetch();
      advanceRows(UNROLL);
    });
    asm.loadLong(R12, argument(REDUCE));
    asm.andImmediate(R12, UNROLL - 1);
    counted(() -> {
      rowStep(0);
      advanceRows(1);
    });
  }

  /** Whole blocks, then what is left of the last one. */
  private void reduceBlocks() {
    asm.loadLong(RBX, argument(REDUCE));
    asm.shiftRight(RBX, Integer.numberOfTrailingZeros(asm.lanes));
    asm.unlessZero(() -> {
      int block = asm.here();
      asm.move(R14, R10);
      asm.subtract(R12, R12);
      asm.addImmediate(R12, asm.lanes / UNROLL);
      counted(() -> blockSteps(UNROLL));
      asm.lea(R10, Address.of(R14, RCX, 1, 0));
      asm.decrement(RBX);
      asm.jumpBackIfNotZero(block);
    });
    asm.loadLong(R12, argument(REDUCE));
    asm.andImmediate(R12, asm.lanes - 1);
    asm.shiftRight(R12, 2);
    counted(() -> blockSteps(UNROLL));
    asm.loadLong(R12, argument(REDUCE));
    asm.andImmediate(R12, UNROLL - 1);
    counted(() -> blockSteps(1));
  }

  private void blockSteps(int steps) {
    for (int u = 0; u < steps; u++) {
      int column = u * Float.BYTES;
      multiplyAdd(rows, panel(u), r -> Address.of(R10, r * vector + column));
    }
    if (steps == UNROLL) {
      fetch();
    }
    asm.addImmediate(R10, steps * Float.BYTES);
    asm.addImmediate(RAX, steps * 2 * vector);
  }

  /** Runs {@code body} as often as R12 says, if at all; the zero flag tells whether it is zero. */
  private void counted(Runnable body) {
    asm.unlessZero(() -> {
      asm.align(32);
      int turn = asm.here();
      body.run();
      asm.decrement(R12);
      asm.jumpBackIfNotZero(turn);
    });
  }

  /** The panel's vectors for a step of the reduction. */
  private IntFunction<Address> panel(int step) {
    return v -> Address.of(RAX, (2 * step + v) * vector);
  }

  private int bases() {
    return (rows + 2) / 3;
  }

  /** {@code r = s + 3 * stride}. */
  private void threeRowsOn(int r, int s, int stride) {
    asm.lea(r, Address.of(s, stride, 2, 0));
    asm.add(r, stride);
  }

  private interface OfY {
    void at(int register, Address place);
  }

  /** All vectors of the tile, with their places in y; R12 is lost. */
  private void forEachOfY(OfY body) {
    for (int r = 0; r < rows; r++) {
      if (r % 3 == 0) {
        if (r == 0) {
          asm.move(R12, R8);
        } else {
          threeRowsOn(R12, R12, R9);
        }
      }
      for (int v = 0; v < vectors; v++) {
        body.at(vectors * r + v, row(R12, R9, r % 3, v * vector));
      }
    }
  }

  /** Whether a register holds the last vector of a row of y. */
  private boolean isLast(int register) {
    return register % vectors == vectors - 1;
  }

  private static Address row(int base, int stride, int row, int displacement) {
    return row == 0 ? Address.of(base, displacement) : Address.of(base, stride, row, displacement);
  }

  private void advanceRows(int steps) {
    for (int base : ROWS.subList(0, bases())) {
      asm.addImmediate(base, steps * Float.BYTES);
    }
    asm.addImmediate(RAX, steps * 2 * vector);
  }

  private void rowStep(int u) {
    multiplyAdd(rows, panel(u), r -> row(ROWS.get(r / 3), RCX, r % 3, u * Float.BYTES));
  }

  /**
   * One step of the reduction: the vectors of one right-hand row times one broadcast value for each
   * row of the tile.
   */
  private void multiplyAdd(int height, IntFunction<Address> right, IntFunction<Address> value) {
    int first = 2 * tallest;
    int broadcasts = asm.registers() - first - 2;
    for (int v = 0; v < vectors; v++) {
      asm.load(first + v, right.apply(v));
    }
    for (int r = 0; r < height; r++) {
      int broadcast = first + 2 + r % broadcasts;
      asm.broadcast(broadcast, value.apply(r));
      for (int v = 0; v < vectors; v++) {
        asm.fma(vectors * r + v, broadcast, first + v);
      }
    }
  }

  private void outerTiles(boolean add) {
    asm.loadLong(RCX, argument(X_STEP));
    asm.loadLong(R9, argument(DY_STEP));
    asm.loadLong(R12, argument(TURNS));
    int turn = asm.here();
    int from = 0;
    while (from < rows) {
      int height = outerHeight(rows - from);
      outerTile(from, height, add);
      from += height;
    }
    asm.lea(RDI, Address.of(RDI, RCX, 2, 0));
    asm.addImmediate(R8, rows * 2 * vector);
    asm.decrement(R12);
    asm.jumpBackIfNotZero(turn);
  }

  private void outerTile(int from, int height, boolean add) {
    asm.move(R10, RDI);
    asm.lea(RBX, Address.of(RDI, RCX, 1, 0));
    asm.move(RAX, RDX);
    for (int i = 0; i < vectors * height; i++) {
      if (add) {
        asm.load(i, partial(from, i));
      } else {
        asm.zero(i);
      }
    }
    asm.loadLong(R11, argument(ROWS_OF_X));
    asm.shiftRight(R11, 2);
    asm.unlessZero(() -> outerLoop(from, height, UNROLL));
    asm.loadLong(R11, argument(ROWS_OF_X));
    asm.andImmediate(R11, UNROLL - 1);
    asm.unlessZero(() -> outerLoop(from, height, 1));
    for (int i = 0; i < vectors * height; i++) {
      asm.store(i, partial(from, i));
    }
    if (!add && vectors == 1) {
      asm.zero(0);
      for (int i = 0; i < height; i++) {
        asm.store(0, Address.of(R8, (2 * (from + i) + 1) * vector));
      }
    }
  }

  private Address partial(int from, int register) {
    int row = from + register / vectors;
    return Address.of(R8, (2 * row + register % vectors) * vector);
  }

  private void outerLoop(int from, int height, int steps) {
    asm.align(32);
    int turn = asm.here();
    for (int u = 0; u < steps; u++) {
      int at = u * vector;
      multiplyAdd(
          height,
          v -> v == 0 ? Address.of(RAX, at) : Address.of(RAX, R9, 1, at),
          r -> {
            int column = from + r;
            int block = column < asm.lanes ? R10 : RBX;
            return Address.of(block, at + column % asm.lanes * Float.BYTES);
          });
    }
    if (steps == UNROLL) {
      fetch();
    }
    for (int pointer : new int[] {R10, RBX, RAX}) {
      asm.addImmediate(pointer, steps * vector);
    }
    asm.decrement(R11);
    asm.jumpBackIfNotZero(turn);
  }
}
