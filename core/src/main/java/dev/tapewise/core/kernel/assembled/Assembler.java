package dev.tapewise.core.kernel.assembled;

import java.util.Arrays;

/**
 * Writes x86-64 machine code: the instructions that the kernels need and no more. Encodings are
 * those of the Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2. Vector
 * instructions work on registers whose width and coding the subclasses know.
 */
abstract sealed class Assembler permits Avx2Assembler, Avx512Assembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  /** Predicates of comparisons: ordered, so that NaN gives false, and quiet. */
  static final int LESS = 0x11;

  static final int GREATER = 0x1E;

  /** True where one of both is NaN. */
  static final int UNORDERED = 0x03;

  /** Opcode maps. */
  static final int MAP_0F = 1;

  static final int MAP_0F38 = 2;

  static final int MAP_0F3A = 3;

  /** Mandatory prefixes. */
  static final int NO_PREFIX = 0;

  static final int PREFIX_66 = 1;

  /** Of {@link #broadcast}, which reads one float where others read a vector. */
  static final int BROADCAST = 0x18;

  static final int LOAD = 0x10;
  static final int STORE = 0x11;
  static final int COMPARE = 0xC2;

  /** Of {@link #storeQuarter}, which writes four floats. */
  static final int EXTRACT = 0x19;

  private static final int REX = 0x40;
  private static final int REX_WIDE = 0x48;

  /** The mode of ModRM that names two registers. */
  static final int REGISTER = 3;

  /** The base (RBP, R13) that always takes a displacement. */
  private static final int NO_PLAIN_BASE = 5;

  /** Floats in a vector. */
  final int lanes;

  private byte[] code = new byte[1024];
  private int size;

  Assembler(int lanes) {
    this.lanes = lanes;
  }

  /** An assembler for vectors of 8 floats (AVX2 and FMA) or 16 (AVX-512F). */
  static Assembler of(int lanes) {
    return switch (lanes) {
      case Avx2Assembler.LANES -> new Avx2Assembler();
      case Avx512Assembler.LANES -> new Avx512Assembler();
      default -> throw new IllegalArgumentException("vectors of " + lanes + " floats");
    };
  }

  /** How many vector registers there are. */
  abstract int registers();

  /**
   * An address in memory: {@code base + index * scale + displacement}.
   *
   * @param index −1 for none; never RSP
   * @param scale 1, 2, 4 or 8
   */
  record Address(int base, int index, int scale, int displacement) {
    static Address of(int base, int displacement) {
      return new Address(base, -1, 1, displacement);
    }

    static Address of(int base, int index, int scale, int displacement) {
      return new Address(base, index, scale, displacement);
    }

    int indexBit() {
      return index < 0 ? 0 : high(index);
    }
  }

  byte[] bytes() {
    return Arrays.copyOf(code, size);
  }

  /** The place of the next instruction, to jump to. */
  int here() {
    return size;
  }

  /** {@code y = memory}. */
  void load(int y, Address from) {
    vector(MAP_0F, NO_PREFIX, y, 0, from, LOAD);
  }

  /** {@code memory = y}. */
  void store(int y, Address to) {
    vector(MAP_0F, NO_PREFIX, y, 0, to, STORE);
  }

  /** Every lane of y becomes the one float in memory. */
  void broadcast(int y, Address from) {
    vector(MAP_0F38, PREFIX_66, y, 0, from, BROADCAST);
  }

  /** {@code sum = a * b + sum}, rounded once. */
  void fma(int sum, int a, int b) {
    vector(MAP_0F38, PREFIX_66, sum, a, b, 0xB8);
  }

  /** {@code sum = a * memory + sum}, rounded once. */
  void fma(int sum, int a, Address b) {
    vector(MAP_0F38, PREFIX_66, sum, a, b, 0xB8);
  }

  /** {@code a = a * b + c}, rounded once. */
  void multiplyThenAdd(int a, int b, int c) {
    vector(MAP_0F38, PREFIX_66, a, b, c, 0xA8);
  }

  /** {@code y = a + b}. */
  void plus(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x58);
  }

  /** {@code y = a - b}. */
  void minus(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x5C);
  }

  /** {@code y = a * b}. */
  void times(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x59);
  }

  /** {@code y = a / b}. */
  void dividedBy(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x5E);
  }

  /** {@code y = a * memory}. */
  void times(int y, int a, Address b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x59);
  }

  /** {@code y = a > b ? a : b}, so a NaN in b stays. */
  void larger(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x5F);
  }

  /** {@code y = a < b ? a : b}, so a NaN in b stays. */
  void smaller(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x5D);
  }

  /** {@code a = a * b + memory}, rounded once. */
  void multiplyThenAdd(int a, int b, Address c) {
    vector(MAP_0F38, PREFIX_66, a, b, c, 0xA8);
  }

  /** {@code y = x}. */
  void copy(int y, int x) {
    vector(MAP_0F, NO_PREFIX, y, 0, x, 0x28);
  }

  /** Of every four lanes, the first two of a and of b in turns. */
  void interleaveLow(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x14);
  }

  /** Of every four lanes, the last two of a and of b in turns. */
  void interleaveHigh(int y, int a, int b) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0x15);
  }

  /** Of every four lanes, two of a and two of b, two bits of {@code which} for each. */
  void shuffle(int y, int a, int b, int which) {
    vector(MAP_0F, NO_PREFIX, y, a, b, 0xC6);
    emit(which);
  }

  /** {@code memory = } the four lanes of y from {@code 4 * quarter} on. */
  void storeQuarter(int y, int quarter, Address to) {
    vector(MAP_0F3A, PREFIX_66, y, 0, to, EXTRACT);
    emit(quarter);
  }

  /** {@code y = 0}. */
  void zero(int y) {
    vector(MAP_0F, PREFIX_66, y, y, y, 0xEF);
  }

  /**
   * Lane by lane, {@code y = value} where {@code t predicate bound}.
   *
   * @param spare a register that may be lost
   */
  abstract void replace(int y, int t, int predicate, int bound, int value, int spare);

  /**
   * Lane by lane, {@code y = memory} where {@code low < t < high}, else 0.
   *
   * @param spare a register that may be lost
   */
  abstract void loadBetween(int y, Address from, int t, int low, int high, int spare);

  /** Lane by lane, y stays where {@code low < t < high} and becomes 0 elsewhere; needs masks. */
  abstract void keepBetween(int y, int t, int low, int high);

  /** Whether {@link #mask} and what needs it are known. */
  abstract boolean masks();

  /**
   * Lets {@link #loadMasked} and {@link #storeMasked} touch the lanes of r's bits alone.
   *
   * @param r one of RAX to RDI
   */
  abstract void mask(int r);

  /** {@code y = memory} in lanes of the mask, 0 elsewhere. */
  abstract void loadMasked(int y, Address from);

  /** {@code memory = y} in lanes of the mask; the others are not touched. */
  abstract void storeMasked(int y, Address to);

  /** A vector instruction whose last operand is in memory. */
  abstract void vector(int map, int prefix, int reg, int second, Address at, int opcode);

  /** A vector instruction on registers. */
  abstract void vector(int map, int prefix, int reg, int second, int third, int opcode);

  /** Clears the upper halves, as every caller may expect. */
  void zeroUpper() {
    emit(0xC5, 0xF8, 0x77);
  }

  /** Asks for a cache line; never faults. */
  void prefetch(Address at) {
    emit(REX + 2 * at.indexBit() + high(at.base()), 0x0F, 0x18);
    memory(1, at);
  }

  /** {@code r = address}. */
  void lea(int r, Address address) {
    rexWide(r, address);
    emit(0x8D);
    memory(r, address);
  }

  /** {@code r = 8 bytes of memory}. */
  void loadLong(int r, Address from) {
    rexWide(r, from);
    emit(0x8B);
    memory(r, from);
  }

  /** {@code r = 4 bytes of memory}, with their sign. */
  void loadInt(int r, Address from) {
    rexWide(r, from);
    emit(0x63);
    memory(r, from);
  }

  /** {@code r = s}. */
  void move(int r, int s) {
    registers(0x89, s, r);
  }

  /** {@code r += s}. */
  void add(int r, int s) {
    registers(0x01, s, r);
  }

  /** {@code r += immediate}. */
  void addImmediate(int r, int immediate) {
    registers(0x81, 0, r);
    emitInt(immediate);
  }

  /** {@code r &= immediate}; the zero flag says whether nothing is left. */
  void andImmediate(int r, int immediate) {
    registers(0x81, 4, r);
    emitInt(immediate);
  }

  /** {@code r -= s}; the zero flag says whether nothing is left. */
  void subtract(int r, int s) {
    registers(0x29, s, r);
  }

  /** The flags say whether r is 0 or negative. */
  void test(int r) {
    registers(0x85, r, r);
  }

  /** The zero flag says whether {@code r & bits} is 0. */
  void testBits(int r, int bits) {
    registers(0xF7, 0, r);
    emitInt(bits);
  }

  /** {@code r = s} unless the last result was zero. */
  void moveIfNotZero(int r, int s) {
    moveIf(0x45, r, s);
  }

  /** {@code r = s} if the last result was negative. */
  void moveIfNegative(int r, int s) {
    moveIf(0x48, r, s);
  }

  private void moveIf(int condition, int r, int s) {
    emit(REX_WIDE + 4 * high(r) + high(s), 0x0F, condition, modRm(REGISTER, r, s));
  }

  /** {@code r <<= bits}. */
  void shiftLeft(int r, int bits) {
    registers(0xC1, 4, r);
    emit(bits);
  }

  /** {@code r >>>= bits}; the zero flag says whether nothing is left. */
  void shiftRight(int r, int bits) {
    registers(0xC1, 5, r);
    emit(bits);
  }

  /** {@code r--}; the zero flag says whether nothing is left. */
  void decrement(int r) {
    registers(0xFF, 1, r);
  }

  void push(int r) {
    emit(REX + high(r), 0x50 + low(r));
  }

  /** Pushes 8 bytes, the lower four of which are {@code value}. */
  void pushImmediate(int value) {
    emit(0x68);
    emitInt(value);
  }

  void pop(int r) {
    emit(REX + high(r), 0x58 + low(r));
  }

  void ret() {
    emit(0xC3);
  }

  /** Jumps back to a place unless the last result was zero. */
  void jumpBackIfNotZero(int to) {
    emit(0x0F, 0x85);
    emitInt(to - here() - 4);
  }

  /** What {@code body} writes runs unless the last result was zero. */
  void unlessZero(Runnable body) {
    emit(0x0F, 0x84);
    emitInt(0);
    int from = here();
    body.run();
    int distance = here() - from;
    for (int i = 0; i < Integer.BYTES; i++) {
      code[from - Integer.BYTES + i] = (byte) (distance >> (8 * i));
    }
  }

  /** Fills up with instructions that do nothing to a multiple of {@code boundary} bytes. */
  void align(int boundary) {
    while (size % boundary != 0) {
      emit(0x90);
    }
  }

  /** An instruction on 64-bit registers; {@code reg} is a register or part of the opcode. */
  private void registers(int opcode, int reg, int rm) {
    emit(REX_WIDE + 4 * high(reg) + high(rm), opcode, modRm(REGISTER, reg, rm));
  }

  private void rexWide(int reg, Address at) {
    emit(REX_WIDE + 4 * high(reg) + 2 * at.indexBit() + high(at.base()));
  }

  /** ModRM, SIB, displacement. */
  final void memory(int reg, Address at) {
    memory(reg, at, 1);
  }

  /** The same, where a displacement of one byte counts units. */
  final void memory(int reg, Address at, int unit) {
    int base = low(at.base());
    int d = at.displacement();
    int units = d / unit;
    boolean isByte = d % unit == 0 && units == (byte) units;
    int mod = d == 0 && base != NO_PLAIN_BASE ? 0 : isByte ? 1 : 2;
    boolean sib = at.index() >= 0 || base == RSP;
    emit(modRm(mod, reg, sib ? RSP : base));
    if (sib) {
      int index = at.index() < 0 ? RSP : at.index();
      emit(modRm(Integer.numberOfTrailingZeros(at.scale()), index, base));
    }
    if (mod == 1) {
      emit(units);
    } else if (mod == 2) {
      emitInt(d);
    }
  }

  /** Two bits and two times three: the form of ModRM and of SIB. */
  static int modRm(int mod, int reg, int rm) {
    return 64 * mod + 8 * low(reg) + low(rm);
  }

  static int low(int register) {
    return register % 8;
  }

  /** The fourth bit of a register's number. */
  static int high(int register) {
    return register / 8 % 2;
  }

  final void emit(int... bytes) {
    if (size + bytes.length > code.length) {
      code = Arrays.copyOf(code, 2 * code.length);
    }
    for (int b : bytes) {
      code[size++] = (byte) b;
    }
  }

  private void emitInt(int value) {
    emit(value, value >> 8, value >> 16, value >> 24);
  }
}
