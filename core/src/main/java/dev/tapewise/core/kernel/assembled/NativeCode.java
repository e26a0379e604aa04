package dev.tapewise.core.kernel.assembled;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tapewise.core.segment.Segments;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Machine code in memory of its own, and the way to call it. The memory is mapped writable, filled,
 * then made executable and read-only: never both. It stays mapped until the process ends. Linux
 * only: constants as in its headers.
 */
@SuppressWarnings({"restricted", "ReferenceEquality"}) // the very same array
final class NativeCode {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;

  /** Routines begin on cache lines. */
  private static final int LINE = 64;

  /** Code, three arrays with offsets in bytes, five longs. */
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG, JAVA_LONG, JAVA_LONG),
              Linker.Option.critical(true));

  /** Code, four arrays of floats and one of ints with offsets in bytes. */
  private static final MethodHandle CALL_WITH_INTS =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                  ADDRESS, JAVA_LONG),
              Linker.Option.critical(true));

  /** Code, four arrays of floats with offsets in bytes, eight longs. */
  private static final MethodHandle CALL_WITH_LONGS =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(
                  ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG),
              Linker.Option.critical(true));

  private NativeCode() {}

  /**
   * Maps routines behind each other and gives their entries.
   *
   * @throws IllegalStateException if the system gives no executable memory
   */
  static List<MemorySegment> load(List<byte[]> routines) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    List<Integer> starts = new ArrayList<>();
    for (byte[] routine : routines) {
      code.writeBytes(new byte[Math.floorMod(-code.size(), LINE)]);
      starts.add(code.size());
      code.writeBytes(routine);
    }
    MemorySegment memory = map(code.toByteArray());
    return starts.stream().map(memory::asSlice).toList();
  }

  private static MemorySegment map(byte[] code) {
    try {
      MethodHandle map =
          function(
              "mmap",
              FunctionDescriptor.of(
                  ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
      MethodHandle protect =
          function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
      long size = code.length;
      MemorySegment memory =
          (MemorySegment)
              map.invokeExact(
                  MemorySegment.NULL,
                  size,
                  PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS,
                  -1,
                  0L);
      if (memory.address() == -1) {
        throw new IllegalStateException("mmap gives no memory");
      }
      MemorySegment sized = memory.reinterpret(size);
      MemorySegment.copy(code, 0, sized, ValueLayout.JAVA_BYTE, 0, code.length);
      if ((int) protect.invokeExact(memory, size, PROT_READ | PROT_EXEC) != 0) {
        throw new IllegalStateException("mprotect does not make memory executable");
      }
      return sized;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  /** The segment of an array that may be one of two others, as it often is. */
  private static MemorySegment segment(
      float[] array, float[] a, MemorySegment aSegment, float[] b, MemorySegment bSegment) {
    return array == a ? aSegment : array == b ? bSegment : Segments.of(array);
  }

  static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  /**
   * Runs code on three arrays, from an index each, with five more numbers. What it does to them is
   * the caller's to check.
   */
  static void call(
      MemorySegment code,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      long first,
      long second,
      long third,
      long fourth,
      long fifth) {
    MemorySegment aSegment = Segments.of(a);
    MemorySegment bSegment = b == a ? aSegment : Segments.of(b);
    MemorySegment cSegment = segment(c, a, aSegment, b, bSegment);
    try {
      CALL.invokeExact(
          code,
          aSegment,
          bytes(aOffset),
          bSegment,
          bytes(bOffset),
          cSegment,
          bytes(cOffset),
          first,
          second,
          third,
          fourth,
          fifth);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs code on four arrays, from an index each, with arguments in an int array. What it does to
   * them is the caller's to check.
   */
  static void call(
      MemorySegment code,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      float[] d,
      int dOffset,
      int[] arguments,
      int offset) {
    MemorySegment aSegment = Segments.of(a);
    MemorySegment bSegment = b == a ? aSegment : Segments.of(b);
    MemorySegment cSegment = segment(c, a, aSegment, b, bSegment);
    MemorySegment dSegment = d == c ? cSegment : segment(d, a, aSegment, b, bSegment);
    try {
      CALL_WITH_INTS.invokeExact(
          code,
          aSegment,
          bytes(aOffset),
          bSegment,
          bytes(bOffset),
          cSegment,
          bytes(cOffset),
          dSegment,
          bytes(dOffset),
          Segments.of(arguments),
          bytes(offset));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs code on four arrays, from an index each, with eight more numbers. What it does to them is
   * the caller's to check.
   */
  static void call(
      MemorySegment code,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      float[] d,
      int dOffset,
      long first,
      long second,
      long third,
      long fourth,
      long fifth,
      long sixth,
      long seventh,
      long eighth) {
    MemorySegment aSegment = Segments.of(a);
    MemorySegment bSegment = b == a ? aSegment : Segments.of(b);
    MemorySegment cSegment = segment(c, a, aSegment, b, bSegment);
    MemorySegment dSegment = d == c ? cSegment : segment(d, a, aSegment, b, bSegment);
    try {
      CALL_WITH_LONGS.invokeExact(
          code,
          aSegment,
          bytes(aOffset),
          bSegment,
          bytes(bOffset),
          cSegment,
          bytes(cOffset),
          dSegment,
          bytes(dOffset),
          first,
          second,
          third,
          fourth,
          fifth,
          sixth,
          seventh,
          eighth);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
