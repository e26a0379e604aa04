package dev.tapewise.core.kernel.scalar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScalarConvolutionTest {
  private final Random random = new Random(3);
  private final Scratch scratch = new Scratch();

  private static final ConvGeometry[] GEOMETRIES = {
    new ConvGeometry(5, 6, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1), // dense
    new ConvGeometry(7, 8, 3, 5, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1, 1),
    new ConvGeometry(6, 5, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2), // grouped
    new ConvGeometry(6, 5, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6), // depthwise
    new ConvGeometry(6, 5, 3, 6, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 3), // multiplier 2
    new ConvGeometry(9, 8, 4, 2, 3, 5, 1, 2, 2, 1, 3, 0, 1, 4, 2),
    new ConvGeometry(7, 9, 2, 2, 2, 3, 3, 2, 3, 2, 0, 2, 3, 1, 2),
    new ConvGeometry(5, 5, 4, 3, 1, 1, 2, 3, 1, 1, 0, 0, 0, 0, 1),
    new ConvGeometry(1, 1, 2, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
    new ConvGeometry(2, 3, 2, 2, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2, 1),
  };

  @Test
  void forwardIsTheSumOverTheWindow() {
    for (ConvGeometry g : GEOMETRIES) {
      float[] x = numbers(2 * g.inSize());
      float[] w = numbers(g.weightSize());
      float[] bias = numbers(g.outChannels());
      float[] y = forward(g, Reading.raw(x, g.inSize()), w, bias);
      for (int oh = 0; oh < g.outHeight(); oh++) {
        for (int ow = 0; ow < g.outWidth(); ow++) {
          for (int oc = 0; oc < g.outChannels(); oc++) {
            double sum = bias[oc];
            double size = Math.abs(sum);
            for (int ih = 0; ih < g.height(); ih++) {
              for (int iw = 0; iw < g.width(); iw++) {
                int down = ih + g.padTop() - oh * g.strideHeight();
                int right = iw + g.padLeft() - ow * g.strideWidth();
                if (!tap(down, g.dilationHeight(), g.kernelHeight())
                    || !tap(right, g.dilationWidth(), g.kernelWidth())) {
                  continue;
                }
                int kernel =
                    down / g.dilationHeight() * g.kernelWidth() + right / g.dilationWidth();
                for (int i = 0; i < g.inPerGroup(); i++) {
                  int ic = oc / g.outPerGroup() * g.inPerGroup() + i;
                  double product =
                      (double) x[g.inSize() + (ih * g.width() + iw) * g.inChannels() + ic]
                          * w[(kernel * g.inPerGroup() + i) * g.outChannels() + oc];
                  sum += product;
                  size += Math.abs(product);
                }
              }
            }
            float actual = y[(oh * g.outWidth() + ow) * g.outChannels() + oc];
            assertEquals(sum, actual, 1e-5 * size, g.toString());
          }
        }
      }
    }
  }

  @Test
  void gradientsAreTheAdjointsOfForward() {
    for (ConvGeometry g : GEOMETRIES) {
      float[] x = numbers(g.inSize());
      float[] w = numbers(g.weightSize());
      float[] dy = numbers(g.outSize());
      float[] y = forward(g, Reading.raw(x, 0), w, new float[g.outChannels()]);
      float[] dx = new float[g.inSize()];
      float[] dw = new float[g.weightSize()];
      backward(g, dx, dw, Reading.raw(x, 0), GradientReading.raw(dy, 0), w, false);
      double expected = dot(y, dy);
      double size = size(y, dy);
      assertEquals(expected, dot(x, dx), 1e-5 * size, "input gradient of " + g);
      assertEquals(expected, dot(w, dw), 1e-5 * size, "weight gradient of " + g);
    }
  }

  @Test
  void readingsTransformWhatIsReadButNotThePadding() {
    for (ConvGeometry g : GEOMETRIES) {
      readingsTransform(g, new Activation.Clamp(0f, 0.25f));
      readingsTransform(g, Activation.HARD_SWISH);
    }
  }

  private void readingsTransform(ConvGeometry g, Activation activation) {
    int ci = Scratch.roundUp(g.inChannels());
    int co = Scratch.roundUp(g.outChannels());
    float[] x = numbers(g.inSize());
    float[] cx = numbers(2 * ci);
    float[] seen = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % g.inChannels();
      seen[i] = activation.value(Math.fma(x[i], cx[c], cx[ci + c]));
    }
    float[] dy = numbers(g.outSize());
    float[] z = numbers(g.outSize());
    float[] cy = numbers(5 * co);
    float[] dz = new float[dy.length];
    for (int i = 0; i < dy.length; i++) {
      int c = i % g.outChannels();
      float n = Math.fma(z[i], cy[c], cy[co + c]);
      float behind = activation.gradient(dy[i], n);
      dz[i] = Math.fma(behind, cy[2 * co + c], Math.fma(z[i], cy[3 * co + c], cy[4 * co + c]));
    }
    Reading reading = new Reading(x, 0, cx, 0, ci, activation);
    GradientReading gradient =
        new GradientReading(dy, 0, z, 0, cy, 0, co, 2 * co, 3 * co, 4 * co, activation);
    float[] w = numbers(g.weightSize());
    float[] bias = numbers(g.outChannels());
    assertArrayEquals(
        forward(g, Reading.raw(seen, 0), w, bias), forward(g, reading, w, bias), g.toString());
    float[] dx = new float[g.inSize()];
    float[] dw = new float[g.weightSize()];
    float[] fusedDx = new float[g.inSize()];
    float[] fusedDw = new float[g.weightSize()];
    backward(g, dx, dw, Reading.raw(seen, 0), GradientReading.raw(dz, 0), w, false);
    backward(g, fusedDx, fusedDw, reading, gradient, w, false);
    assertArrayEquals(dx, fusedDx, g.toString());
    assertArrayEquals(dw, fusedDw, g.toString());
  }

  @Test
  void addingAddsTheFinishedChain() {
    for (ConvGeometry g : GEOMETRIES) {
      Reading x = Reading.raw(numbers(g.inSize()), 0);
      GradientReading dy = GradientReading.raw(numbers(g.outSize()), 0);
      float[] w = numbers(g.weightSize());
      float[] written = new float[g.inSize()];
      float[] added = numbers(g.inSize());
      float[] expected = added.clone();
      backward(g, written, null, x, dy, w, false);
      backward(g, added, null, x, dy, w, true);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += written[i];
      }
      assertArrayEquals(expected, added, g.toString());
    }
  }

  private static boolean tap(int distance, int dilation, int kernel) {
    return distance >= 0 && distance % dilation == 0 && distance / dilation < kernel;
  }

  private float[] forward(ConvGeometry g, Reading x, float[] w, float[] bias) {
    ScalarConvolution conv = new ScalarConvolution(g);
    float[] packed = new float[conv.packedSize()];
    conv.pack(packed, 0, w, 0);
    float[] y = new float[g.outSize()];
    conv.forward(
        y, 0, x, 0, 1, packed, 0, bias, 0, 0, g.outHeight(), FinishedRows.IGNORED, scratch);
    return y;
  }

  private void backward(
      ConvGeometry g,
      float[] dx,
      float @Nullable [] dw,
      Reading x,
      GradientReading dy,
      float[] w,
      boolean add) {
    ScalarConvolution conv = new ScalarConvolution(g);
    float[] packed = new float[conv.packedBackwardSize()];
    conv.packBackward(packed, 0, w, 0);
    float[] partial = new float[conv.partialSize()];
    conv.backward(
        dx,
        0,
        add,
        partial,
        0,
        x,
        dy,
        0,
        1,
        packed,
        0,
        0,
        g.height(),
        0,
        g.outHeight(),
        FinishedRows.IGNORED,
        scratch);
    if (dw != null) {
      conv.unpackPartial(dw, 0, false, partial, 0);
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double size(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] * b[i]);
    }
    return sum;
  }

  private float[] numbers(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.45f;
    }
    return values;
  }
}
