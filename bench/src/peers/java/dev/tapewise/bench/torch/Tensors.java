package dev.tapewise.bench.torch;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.core.Shape;
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
    return permuted(values, new long[] {n, h, w, c}, 0, 3, 1, 2);
  }

  /** Weights {@code [kh, kw, in, out]} as {@code [out, in, kh, kw]}. */
  Tensor weights(float[] values, long kh, long kw, long in, long out) {
    return permuted(values, new long[] {kh, kw, in, out}, 3, 2, 0, 1);
  }

  private Tensor permuted(float[] values, long[] shape, long... order) {
    return turned(values, shape, format, order);
  }

  /** A tensor that owns its memory, so that a parameter is no view. */
  private static Tensor turned(float[] values, long[] shape, MemoryFormat format, long... order) {
    Tensor plain = Tensor.create(values, shape);
    Tensor view = plain.permute(order);
    Tensor dense = view.contiguous(format);
    Tensor made = dense.clone();
    dense.deallocate();
    view.deallocate();
    plain.deallocate();
    return made;
  }

  /** A parameter by its rank: weights of convolutions, transposed matrices, vectors. */
  Tensor parameter(Parameter p, boolean depthwise) {
    Shape s = p.shape();
    float[] values = p.toArray();
    return switch (s.rank()) {
      case 4 ->
          depthwise
              ? weights(values, s.axis(0), s.axis(1), 1, s.axis(2) * (long) s.axis(3))
              : weights(values, s.axis(0), s.axis(1), s.axis(2), s.axis(3));
      case 2 -> matrix(values, s.axis(0), s.axis(1));
      default -> Tensor.create(values, s.size());
    };
  }

  private static Tensor matrix(float[] values, long in, long out) {
    return turned(values, new long[] {in, out}, MemoryFormat.Contiguous, 1, 0);
  }

  /** The numbers of {@code [N, C, H, W]} in the order {@code [N, H, W, C]}. */
  static float[] fromImages(Tensor tensor) {
    return values(tensor, 0, 2, 3, 1);
  }

  /** The numbers of {@code [out, in, kh, kw]} in the order {@code [kh, kw, in, out]}. */
  static float[] fromWeights(Tensor tensor) {
    return values(tensor, 2, 3, 1, 0);
  }

  private static float[] values(Tensor tensor, long... order) {
    try (PointerScope _ = new PointerScope()) {
      Tensor plain = tensor.permute(order).contiguous();
      float[] values = new float[Math.toIntExact(plain.numel())];
      plain.data_ptr_float().get(values);
      return values;
    }
  }
}
