package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of any geometry as plain loops: meant to be understood and to judge the others.
 *
 * <p>Packed weights and partial gradients have the layout of w itself. No scratch is taken.
 */
public final class ScalarConvolution implements Convolution {
  private final ConvGeometry g;
  private final int outHeight;
  private final int outWidth;
  private final int inPerGroup;
  private final int outPerGroup;

  /** The convolution of one geometry. */
  public ScalarConvolution(ConvGeometry geometry) {
    g = geometry;
    outHeight = geometry.outHeight();
    outWidth = geometry.outWidth();
    inPerGroup = geometry.inPerGroup();
    outPerGroup = geometry.outPerGroup();
  }

  @Override
  public int packedSize() {
    return g.weightSize();
  }

  @Override
  public void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    System.arraycopy(w, wOffset, packed, packedOffset, packedSize());
  }

  @Override
  public int packedBackwardSize() {
    return g.weightSize();
  }

  @Override
  public void packBackward(float[] packed, int packedOffset, float[] w, int wOffset) {
    pack(packed, packedOffset, w, wOffset);
  }

  @Override
  public int partialSize() {
    return g.weightSize();
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  public int scratchInts() {
    return 0;
  }

  @Override
  public void forward(
      float[] y,
      int yOffset,
      Reading x,
      int fromImage,
      int toImage,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      int fromRow,
      int toRow,
      FinishedRows finished,
      Scratch scratch) {
    for (int image = fromImage; image < toImage; image++) {
      int yAt = yOffset + (image - fromImage) * g.outSize();
      for (int oh = fromRow; oh < toRow; oh++) {
        for (int ow = 0; ow < outWidth; ow++) {
          for (int oc = 0; oc < g.outChannels(); oc++) {
            int firstIn = oc / outPerGroup * inPerGroup;
            float sum = bias == null ? 0f : bias[biasOffset + oc];
            for (int kh = 0; kh < g.kernelHeight(); kh++) {
              for (int kw = 0; kw < g.kernelWidth(); kw++) {
                for (int i = 0; i < inPerGroup; i++) {
                  float input = input(x, image, inRow(oh, kh), inColumn(ow, kw), firstIn + i);
                  sum = Math.fma(input, packed[packedOffset + weight(kh, kw, i, oc)], sum);
                }
              }
            }
            y[yAt + (oh * outWidth + ow) * g.outChannels() + oc] = sum;
          }
        }
      }
      finished.finished(image, fromRow, toRow);
    }
  }

  @Override
  public void backward(
      float @Nullable [] dx,
      int dxOffset,
      boolean add,
      float @Nullable [] partial,
      int partialOffset,
      Reading x,
      GradientReading dy,
      int fromImage,
      int toImage,
      float[] packedBackward,
      int packedOffset,
      int fromInputRow,
      int toInputRow,
      int fromOutputRow,
      int toOutputRow,
      FinishedRows finished,
      Scratch scratch) {
    for (int image = fromImage; image < toImage; image++) {
      if (dx != null) {
        int dxAt = dxOffset + (image - fromImage) * g.inSize();
        inputGradient(
            dx, dxAt, add, dy, image, packedBackward, packedOffset, fromInputRow, toInputRow);
        finished.finished(image, fromInputRow, toInputRow);
      }
      if (partial != null) {
        weightGradient(partial, partialOffset, x, dy, image, fromOutputRow, toOutputRow);
      }
    }
  }

  private void inputGradient(
      float[] dx,
      int dxOffset,
      boolean add,
      GradientReading dy,
      int image,
      float[] w,
      int wOffset,
      int fromRow,
      int toRow) {
    for (int ih = fromRow; ih < toRow; ih++) {
      for (int iw = 0; iw < g.width(); iw++) {
        for (int ic = 0; ic < g.inChannels(); ic++) {
          float sum = inputGradient(dy, image, ih, iw, ic, w, wOffset);
          int at = dxOffset + (ih * g.width() + iw) * g.inChannels() + ic;
          dx[at] = add ? dx[at] + sum : sum;
        }
      }
    }
  }

  private void weightGradient(
      float[] partial,
      int partialOffset,
      Reading x,
      GradientReading dy,
      int image,
      int fromRow,
      int toRow) {
    for (int oc = 0; oc < g.outChannels(); oc++) {
      for (int kh = 0; kh < g.kernelHeight(); kh++) {
        for (int kw = 0; kw < g.kernelWidth(); kw++) {
          for (int i = 0; i < inPerGroup; i++) {
            int at = partialOffset + weight(kh, kw, i, oc);
            partial[at] = weightGradient(partial[at], x, dy, image, kh, kw, i, oc, fromRow, toRow);
          }
        }
      }
    }
  }

  /** The chain of one element of dx: output pixels in raster order, so taps in decreasing order. */
  private float inputGradient(
      GradientReading dy, int image, int ih, int iw, int ic, float[] w, int wOffset) {
    int firstOut = ic / inPerGroup * outPerGroup;
    float sum = 0f;
    for (int kh = g.kernelHeight() - 1; kh >= 0; kh--) {
      for (int kw = g.kernelWidth() - 1; kw >= 0; kw--) {
        int row = ih + g.padTop() - kh * g.dilationHeight();
        int column = iw + g.padLeft() - kw * g.dilationWidth();
        if (row % g.strideHeight() != 0 || column % g.strideWidth() != 0) {
          continue; // no output looks at this pixel through this tap
        }
        for (int o = 0; o < outPerGroup; o++) {
          int oc = firstOut + o;
          float gradient =
              gradient(dy, image, row / g.strideHeight(), column / g.strideWidth(), oc);
          sum = Math.fma(gradient, w[wOffset + weight(kh, kw, ic % inPerGroup, oc)], sum);
        }
      }
    }
    return sum;
  }

  /** The chain of one element of a partial weight gradient: output pixels in raster order. */
  private float weightGradient(
      float start,
      Reading x,
      GradientReading dy,
      int image,
      int kh,
      int kw,
      int i,
      int oc,
      int fromRow,
      int toRow) {
    int ic = oc / outPerGroup * inPerGroup + i;
    float sum = start;
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = 0; ow < outWidth; ow++) {
        float input = input(x, image, inRow(oh, kh), inColumn(ow, kw), ic);
        sum = Math.fma(gradient(dy, image, oh, ow, oc), input, sum);
      }
    }
    return sum;
  }

  @Override
  public void unpackPartial(
      float[] dw, int dwOffset, boolean add, float[] partial, int partialOffset) {
    for (int i = 0; i < g.weightSize(); i++) {
      float value = partial[partialOffset + i];
      dw[dwOffset + i] = add ? dw[dwOffset + i] + value : value;
    }
  }

  private int inRow(int oh, int kh) {
    return oh * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
  }

  private int inColumn(int ow, int kw) {
    return ow * g.strideWidth() - g.padLeft() + kw * g.dilationWidth();
  }

  private int weight(int kh, int kw, int i, int oc) {
    return ((kh * g.kernelWidth() + kw) * inPerGroup + i) * g.outChannels() + oc;
  }

  /** One element of the input as it is read; padding is 0 after norm and activation. */
  private float input(Reading x, int image, int ih, int iw, int c) {
    if (ih < 0 || ih >= g.height() || iw < 0 || iw >= g.width()) {
      return 0f;
    }
    int pixel = (image * g.height() + ih) * g.width() + iw;
    float value = x.data()[x.offset() + pixel * g.inChannels() + c];
    float[] coefficients = x.coefficients();
    if (coefficients == null) {
      return value;
    }
    float normal = Math.fma(value, coefficients[x.scale() + c], coefficients[x.shift() + c]);
    return x.activation().value(normal);
  }

  /** One element of the output's gradient as it is read; 0 outside. */
  private float gradient(GradientReading dy, int image, int oh, int ow, int c) {
    if (oh < 0 || oh >= outHeight || ow < 0 || ow >= outWidth) {
      return 0f;
    }
    int at = ((image * outHeight + oh) * outWidth + ow) * g.outChannels() + c;
    float value = dy.data()[dy.offset() + at];
    float[] coefficients = dy.coefficients();
    float[] input = dy.input();
    if (coefficients == null || input == null) {
      return value;
    }
    float z = input[dy.inputOffset() + at];
    float normal = Math.fma(z, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
    float behind = dy.activation().gradient(value, normal);
    float rest = Math.fma(z, coefficients[dy.b() + c], coefficients[dy.d() + c]);
    return Math.fma(behind, coefficients[dy.a() + c], rest);
  }
}
