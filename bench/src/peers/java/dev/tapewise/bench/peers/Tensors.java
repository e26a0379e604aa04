package dev.tapewise.bench.peers;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.nn.io.TorchLayout;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Arrays of Tapewise as tensors of PyTorch: other axes, the same numbers. */
final class Tensors {
  private final MemoryFormat format;

  /** Images and weights in {@code nhwc} (channels_last) or {@code nchw}. */
  Tensors(String layout) {
    format = layout.equals("nhwc") ? MemoryFormat.ChannelsLast : MemoryFormat.Contiguous;
  }

  /** Images {@code [N, H, W, C]} as {@code [N, C, H, W]}. */
  Tensor images(float[] values, long n, long h, long w, long c) {
    return formatted(Tensor.create(values, n, h, w, c), 0, 3, 1, 2);
  }

  /** Weights {@code [kh, kw, in / groups, out]} as {@code [out, in / groups, kh, kw]}. */
  Tensor weights(float[] values, long kh, long kw, long in, long out) {
    return formatted(Tensor.create(values, kh, kw, in, out), 3, 2, 0, 1);
  }

  private Tensor formatted(Tensor tensor, long... axes) {
    Tensor view = tensor.permute(axes);
    Tensor formatted = view.contiguous(format);
    view.deallocate();
    tensor.deallocate();
    return formatted;
  }

  /** A parameter to train. */
  Tensor parameter(Parameter p) {
    Tensor plain = Tensor.create(TorchLayout.values(p), TorchLayout.shape(p).toArray());
    Tensor formatted = plain.dim() == 4 ? plain.contiguous(format) : plain;
    return formatted.set_requires_grad(true);
  }

  /** The numbers of {@code [N, C, H, W]} in the order {@code [N, H, W, C]}. */
  static float[] fromImages(Tensor tensor) {
    return values(tensor, 0, 2, 3, 1);
  }

  /** The numbers of {@code [out, in, kh, kw]} in the order {@code [kh, kw, in, out]}. */
  static float[] fromWeights(Tensor tensor) {
    return values(tensor, 2, 3, 1, 0);
  }

  private static float[] values(Tensor tensor, long... axes) {
    try (PointerScope _ = new PointerScope()) {
      Tensor plain = tensor.permute(axes).contiguous();
      float[] values = new float[Math.toIntExact(plain.numel())];
      plain.data_ptr_float().get(values);
      return values;
    }
  }
}
