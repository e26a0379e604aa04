package dev.tapewise.bench.peers;

import dev.tapewise.core.geometry.ConvGeometry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The same convolution as a {@link TapewiseLayer}, on the same numbers. Results are let go of when
 * as many more calls have come as there are sets, so that they rotate over memory, too.
 */
final class TorchLayer {
  private static final long[] NO_OUTPUT_PADDING = {0, 0};

  private final ConvGeometry g;
  private final Tensor[] x;
  private final Tensor[] dy;
  private final Tensor w;
  private final long[] stride;
  private final long[] padding;
  private final long[] dilation;
  private final TensorOptional noBias = new TensorOptional();
  private final LongArrayRefOptional noBiasSizes = new LongArrayRefOptional();
  private final Map<Pass, BoolPointer> masks = new EnumMap<>(Pass.class);
  private final Deque<Pointer> results = new ArrayDeque<>();

  /** Copies the tensors of the other side. */
  TorchLayer(TapewiseLayer layer, Tensors tensors) {
    LayerShape shape = layer.shape();
    g = shape.geometry();
    stride = new long[] {g.strideHeight(), g.strideWidth()};
    padding = new long[] {g.padTop(), g.padLeft()};
    dilation = new long[] {g.dilationHeight(), g.dilationWidth()};
    x = new Tensor[layer.sets()];
    dy = new Tensor[layer.sets()];
    for (int set = 0; set < layer.sets(); set++) {
      x[set] =
          tensors.images(
              layer.copyInput(set), shape.batch(), g.height(), g.width(), g.inChannels());
      dy[set] =
          tensors.images(
              layer.copyOutputGradient(set),
              shape.batch(),
              g.outHeight(),
              g.outWidth(),
              g.outChannels());
    }
    w =
        tensors.weights(
            layer.copyWeight(), g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
    masks.put(Pass.GRAD_INPUT, mask(true, false));
    masks.put(Pass.GRAD_WEIGHT, mask(false, true));
  }

  private static BoolPointer mask(boolean input, boolean weight) {
    BoolPointer mask = new BoolPointer(3);
    mask.put(0, input);
    mask.put(1, weight);
    mask.put(2, false);
    return mask;
  }

  /** Plays a pass on a set of tensors. */
  void play(Pass pass, int set) {
    release(x.length);
    BoolPointer mask = masks.get(pass);
    results.add(mask == null ? forward(set) : backward(set, mask));
  }

  private Tensor forward(int set) {
    return torch.conv2d(x[set], w, noBias, stride, padding, dilation, g.groups());
  }

  private T_TensorTensorTensor_T backward(int set, BoolPointer mask) {
    return torch.convolution_backward(
        dy[set],
        x[set],
        w,
        noBiasSizes,
        stride,
        padding,
        dilation,
        false,
        NO_OUTPUT_PADDING,
        g.groups(),
        mask);
  }

  private void release(int kept) {
    while (results.size() >= kept) {
      results.remove().deallocate();
    }
  }

  /** What a pass gives, in Tapewise's order of axes. */
  float[] result(Pass pass, int set) {
    play(pass, set);
    Pointer last = results.getLast();
    if (last instanceof T_TensorTensorTensor_T gradients) {
      return pass == Pass.GRAD_INPUT
          ? Tensors.fromImages(gradients.get0())
          : Tensors.fromWeights(gradients.get1());
    }
    return Tensors.fromImages((Tensor) last);
  }

  /** Frees everything. */
  void close() {
    release(1);
    for (int set = 0; set < x.length; set++) {
      x[set].deallocate();
      dy[set].deallocate();
    }
    w.deallocate();
  }
}
