package dev.tapewise.examples;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Writes a Fashion-MNIST of a few images, random but for a bright row per class. */
final class FashionFolder {
  private static final int SIDE = 28;

  private FashionFolder() {}

  static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    part(folder, "train", train);
    part(folder, "t10k", test);
    return folder;
  }

  private static void part(Path folder, String name, int count) throws IOException {
    var images = new ByteArrayOutputStream();
    var labels = new ByteArrayOutputStream();
    try (var imageData = new DataOutputStream(images);
        var labelData = new DataOutputStream(labels)) {
      imageData.writeInt(0x803);
      imageData.writeInt(count);
      imageData.writeInt(SIDE);
      imageData.writeInt(SIDE);
      labelData.writeInt(0x801);
      labelData.writeInt(count);
      SplittableRandom random = new SplittableRandom(count);
      for (int i = 0; i < count; i++) {
        int label = i % 10;
        labelData.writeByte(label);
        for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
          boolean bright = pixel / SIDE / 2 == label;
          imageData.writeByte(bright ? 255 : random.nextInt(100));
        }
      }
    }
    Files.write(folder.resolve(name + "-images-idx3-ubyte"), images.toByteArray());
    Files.write(folder.resolve(name + "-labels-idx1-ubyte"), labels.toByteArray());
  }
}
