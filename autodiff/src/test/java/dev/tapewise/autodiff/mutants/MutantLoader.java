package dev.tapewise.autodiff.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads all of Tapewise anew, with the classes of one folder before the real ones. */
final class MutantLoader extends ClassLoader {
  private final Path mutated;

  MutantLoader(Path mutated) {
    super(MutantLoader.class.getClassLoader());
    this.mutated = mutated;
  }

  /** The folder of the mutated classes. */
  Path folder() {
    return mutated;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.tapewise.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> found = findLoadedClass(name);
      if (found != null) {
        return found;
      }
      byte[] bytes = bytes(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private byte[] bytes(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/') + ".class";
    try {
      if (Files.exists(mutated.resolve(path))) {
        return Files.readAllBytes(mutated.resolve(path));
      }
      try (InputStream in = getParent().getResourceAsStream(path)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
