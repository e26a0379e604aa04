package dev.tapewise.core.kernel.assembled;

/** Vector instructions on 32 registers of 512 bits, EVEX-coded: those of AVX-512F alone. */
final class Avx512Assembler extends Assembler {
  static final int LANES = 16;

  private static final int VECTOR_BYTES = LANES * Float.BYTES;

  /** In the last byte of the prefix: 512 bits. */
  private static final int VECTOR_512 = 0x40;

  /** There, too: lanes that the mask excludes become 0. */
  private static final int ZEROING = 0x80;

  /** No mask register: all lanes. */
  private static final int ALL = 0;

  /** The mask register of {@link #replace} and {@link #loadBetween}. */
  private static final int MASK = 1;

  /** The mask register that {@link #mask} sets. */
  private static final int LANES_MASK = 2;

  Avx512Assembler() {
    super(LANES);
  }

  @Override
  int registers() {
    return 32;
  }

  @Override
  void replace(int y, int t, int predicate, int bound, int value, int spare) {
    compare(t, bound, predicate, ALL);
    vector(MAP_0F38, PREFIX_66, y, y, value, 0x65, MASK);
  }

  @Override
  void loadBetween(int y, Address from, int t, int low, int high, int spare) {
    compare(t, low, GREATER, ALL);
    compare(t, high, LESS, MASK);
    move(y, from, LOAD, ZEROING + MASK);
  }

  @Override
  void keepBetween(int y, int t, int low, int high) {
    compare(t, low, GREATER, ALL);
    compare(t, high, LESS, MASK);
    vector(MAP_0F, NO_PREFIX, y, 0, y, LOAD, ZEROING + MASK);
  }

  @Override
  boolean masks() {
    return true;
  }

  @Override
  void mask(int r) {
    // kmovw in its short form, which has no bit for the upper registers
    emit(0xC5, 0xF8, 0x92, modRm(REGISTER, LANES_MASK, r));
  }

  @Override
  void loadMasked(int y, Address from) {
    move(y, from, LOAD, ZEROING + LANES_MASK);
  }

  @Override
  void storeMasked(int y, Address to) {
    move(y, to, STORE, LANES_MASK);
  }

  private void move(int y, Address at, int opcode, int maskAndZeroing) {
    prefix(MAP_0F, NO_PREFIX, y, 0, 8 * at.indexBit(), at.base(), maskAndZeroing);
    emit(opcode);
    memory(y, at, VECTOR_BYTES);
  }

  /** {@link #MASK} becomes, lane by lane, {@code a predicate b}, and 0 where {@code among} is. */
  private void compare(int a, int b, int predicate, int among) {
    vector(MAP_0F, NO_PREFIX, MASK, a, b, COMPARE, among);
    emit(predicate);
  }

  @Override
  void vector(int map, int prefix, int reg, int second, Address at, int opcode) {
    prefix(map, prefix, reg, second, 8 * at.indexBit(), at.base(), ALL);
    emit(opcode);
    memory(reg, at, operandBytes(map, opcode));
  }

  private static int operandBytes(int map, int opcode) {
    if (map == MAP_0F38 && opcode == BROADCAST) {
      return Float.BYTES;
    }
    return map == MAP_0F3A && opcode == EXTRACT ? 4 * Float.BYTES : VECTOR_BYTES;
  }

  @Override
  void vector(int map, int prefix, int reg, int second, int third, int opcode) {
    vector(map, prefix, reg, second, third, opcode, ALL);
  }

  private void vector(int map, int prefix, int reg, int second, int third, int opcode, int mask) {
    // A third register's fifth bit goes where an index has its fourth.
    prefix(map, prefix, reg, second, third / 16 * 8, third % 16, mask);
    emit(opcode, modRm(REGISTER, reg, third));
  }

  /** Four bytes; register numbers are in them inverted. */
  private void prefix(
      int map, int prefix, int reg, int second, int index, int base, int maskAndZeroing) {
    int extensions =
        0x80 * (1 - high(reg))
            + 0x40 * (1 - high(index))
            + 0x20 * (1 - high(base))
            + 0x10 * (1 - reg / 16);
    emit(
        0x62,
        extensions + map,
        8 * (15 - second % 16) + 4 + prefix,
        maskAndZeroing + VECTOR_512 + 8 * (1 - second / 16));
  }
}
