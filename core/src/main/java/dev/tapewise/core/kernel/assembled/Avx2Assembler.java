package dev.tapewise.core.kernel.assembled;

/** Vector instructions on 16 registers of 256 bits, VEX-coded. */
final class Avx2Assembler extends Assembler {
  static final int LANES = 8;

  private static final int VECTOR_256 = 4;

  Avx2Assembler() {
    super(LANES);
  }

  @Override
  int registers() {
    return 16;
  }

  @Override
  void replace(int y, int t, int predicate, int bound, int value, int spare) {
    compare(spare, t, bound, predicate);
    vector(MAP_0F3A, PREFIX_66, y, y, value, 0x4A);
    emit(16 * spare);
  }

  @Override
  void loadBetween(int y, Address from, int t, int low, int high, int spare) {
    compare(y, t, low, GREATER);
    compare(spare, t, high, LESS);
    vector(MAP_0F, NO_PREFIX, y, y, spare, 0x54);
    vector(MAP_0F, NO_PREFIX, y, y, from, 0x54);
  }

  @Override
  void keepBetween(int y, int t, int low, int high) {
    throw new UnsupportedOperationException("AVX2 has no mask registers");
  }

  @Override
  boolean masks() {
    return false;
  }

  @Override
  void mask(int r) {
    throw new UnsupportedOperationException("AVX2 has no mask registers");
  }

  @Override
  void loadMasked(int y, Address from) {
    throw new UnsupportedOperationException("AVX2 has no mask registers");
  }

  @Override
  void storeMasked(int y, Address to) {
    throw new UnsupportedOperationException("AVX2 has no mask registers");
  }

  /** Every lane of {@code mask} becomes all ones where {@code a predicate b}, else 0. */
  private void compare(int mask, int a, int b, int predicate) {
    vector(MAP_0F, NO_PREFIX, mask, a, b, COMPARE);
    emit(predicate);
  }

  @Override
  void vector(int map, int prefix, int reg, int second, Address at, int opcode) {
    prefix(map, prefix, reg, second, at.indexBit(), high(at.base()));
    emit(opcode);
    memory(reg, at);
  }

  @Override
  void vector(int map, int prefix, int reg, int second, int third, int opcode) {
    prefix(map, prefix, reg, second, 0, high(third));
    emit(opcode, modRm(REGISTER, reg, third));
  }

  /** Three bytes; register numbers are in them inverted. */
  private void prefix(int map, int prefix, int reg, int second, int indexBit, int baseBit) {
    int extensions = 0x80 * (1 - high(reg)) + 0x40 * (1 - indexBit) + 0x20 * (1 - baseBit);
    emit(0xC4, extensions + map, 8 * (15 - second) + VECTOR_256 + prefix);
  }
}
