package dev.tapewise.examples;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.nn.io.TorchLayout;
import dev.tapewise.nn.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A fingerprint of all trainable parameters: one changed bit gives another. */
final class WeightsHash {
  private WeightsHash() {}

  /**
   * SHA-256 of the parameters one after another in order of recording, each in PyTorch's order of
   * axes, as little-endian floats.
   */
  static String sha256(Model model) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
    for (Parameter parameter : model.parameters().trainable()) {
      float[] values = TorchLayout.values(parameter);
      ByteBuffer bytes =
          ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes.array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
