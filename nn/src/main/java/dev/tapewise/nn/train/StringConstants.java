package dev.tapewise.nn.train;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the string constants of classes before the first step.
 *
 * <p>HotSpot makes all strings of a class, error messages mostly, when it first asks C2 for one of
 * its methods, on the thread that made the call that was one too many ({@code
 * CompileBroker::compile_method} in compileBroker.cpp). For code that runs once per step that is
 * some thousands of steps into a training that is long warm: 24 bytes and the characters for each
 * string, once per class. Strings that exist, interned, are only looked up there; so all are
 * interned beforehand, and kept.
 */
final class StringConstants {
  /** Names of classes that are followed from class to class. */
  private static final String OURS = "dev/tapewise/";

  private static final Set<String> SEEN = new HashSet<>();
  private static final List<String> KEPT = new ArrayList<>();

  private StringConstants() {}

  /**
   * Makes those of a class (none of null), of its superclasses, and of all of Tapewise that they
   * reach.
   */
  static synchronized void make(@Nullable Class<?> root) {
    for (Class<?> type = root; type != null; type = type.getSuperclass()) {
      reach(internalName(type), type.getClassLoader());
    }
  }

  private static void reach(String root, @Nullable ClassLoader loader) {
    Deque<String> open = new ArrayDeque<>();
    if (SEEN.add(root)) {
      open.add(root);
    }
    while (!open.isEmpty()) {
      for (PoolEntry entry : constants(open.remove(), loader)) {
        if (entry instanceof StringEntry string) {
          KEPT.add(string.stringValue().intern());
        } else if (entry instanceof ClassEntry type) {
          String name = type.asInternalName();
          if (name.startsWith(OURS) && SEEN.add(name)) {
            open.add(name);
          }
        }
      }
    }
  }

  /** The constants of a class; none where its file cannot be had, as for a hidden class. */
  private static Iterable<PoolEntry> constants(String name, @Nullable ClassLoader loader) {
    String file = name + ".class";
    try (InputStream in =
        loader == null
            ? ClassLoader.getSystemResourceAsStream(file)
            : loader.getResourceAsStream(file)) {
      return in == null ? List.of() : ClassFile.of().parse(in.readAllBytes()).constantPool();
    } catch (IOException | IllegalArgumentException unreadable) {
      return List.of();
    }
  }

  private static String internalName(Class<?> type) {
    return type.getName().replace('.', '/');
  }
}
