package dev.tapewise.nn.io;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file whole or not at all: beside its place, synced to the disk, then renamed over it. A
 * reader sees the old file or the new one, also after a crash; an error leaves the old one and
 * nothing beside it. An interrupt does not stop a write.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** What goes into the file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out unbuffered, to be written in large pieces, and not to be closed
     * @throws IOException if it cannot be written; the file is then left as it was
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file.
   *
   * @param path the file, in a folder that exists; of a symbolic link the target is replaced
   * @param content writes the content
   * @throws IOException if it could not be written; the old file is then still there
   */
  public static void write(Path path, Content content) throws IOException {
    Path target = Files.isSymbolicLink(path) ? path.toRealPath() : path.toAbsolutePath();
    String mark = Long.toHexString(ProcessHandle.current().pid() ^ (System.nanoTime() << 16));
    Path beside = target.resolveSibling("." + target.getFileName() + "." + mark + ".tmp");
    Files.createFile(beside);
    try {
      try (var out = new FileOutputStream(beside.toFile())) {
        content.writeTo(out);
        out.getFD().sync();
      }
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable e) {
      try {
        Files.deleteIfExists(beside);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
    syncFolderOf(target);
  }

  /**
   * Makes the rename last; not every platform lets a folder be opened, and then it lasts anyway.
   */
  private static void syncFolderOf(Path target) {
    Path folder = target.getParent();
    if (folder == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file is whole and in place; only its survival of a power cut is up to the system.
    }
  }
}
