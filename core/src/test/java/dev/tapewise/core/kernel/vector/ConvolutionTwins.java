package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.scalar.ScalarConvolution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Compares a convolution with its scalar twin, bit for bit, over two images, one by one or both at
 * once. Tensors end with their arrays, results lie between guards, scratch has no more room than
 * was asked for and is full of NaN.
 */
final class ConvolutionTwins {
  private static final int IMAGES = 2;
  private static final int GUARD = 5;
  private static final float MARK = 12345.5f;

  private final ConvGeometry g;
  private final Convolution fast;
  private final Convolution twin;
  private final Scratch scratch = new Scratch();
  private final Random random;
  private final Reading x;
  private final GradientReading dy;
  private final float[] w;
  private final float[] bias;
  private final float factor;

  /** A comparison with random data; {@code fused} reads through norm and activation. */
  ConvolutionTwins(ConvGeometry g, Convolution fast, boolean fused, boolean gated) {
    this(g, fast, fused, gated, 1);
  }

  /** A comparison of numbers so small that every product is rounded to 0 or -0. */
  static ConvolutionTwins ofZeros(ConvGeometry g, Convolution fast) {
    return new ConvolutionTwins(g, fast, false, false, 1e-25f);
  }

  private ConvolutionTwins(
      ConvGeometry g, Convolution fast, boolean fused, boolean gated, float factor) {
    this.g = g;
    this.factor = factor;
    this.fast = fast;
    this.twin = new ScalarConvolution(g);
    this.random = new Random(g.hashCode());
    scratch.reserve(fast.scratchFloats(), fast.scratchInts());
    int xAt = random.nextInt(3) * 16;
    int dyAt = random.nextInt(3) * 16;
    float[] xs = numbers(xAt + IMAGES * g.inSize());
    float[] dys = numbers(dyAt + IMAGES * g.outSize());
    int ci = Scratch.roundUp(g.inChannels());
    int co = Scratch.roundUp(g.outChannels());
    Activation activation =
        switch (random.nextInt(3)) {
          case 0 -> Activation.HARD_SWISH;
          case 1 -> new Activation.Clamp(0f, 0.5f);
          default -> new Activation.Clamp(0f, Float.POSITIVE_INFINITY);
        };
    x =
        fused
            ? new Reading(xs, xAt, coefficients(3, ci, g.inChannels()), ci, 2 * ci, activation)
            : Reading.raw(xs, xAt);
    dy =
        fused
            ? new GradientReading(
                dys,
                dyAt,
                numbers(32 + IMAGES * g.outSize()),
                32,
                coefficients(6, co, g.outChannels()),
                co,
                2 * co,
                3 * co,
                4 * co,
                5 * co,
                gated ? activation : Activation.NONE)
            : GradientReading.raw(dys, dyAt);
    w = numbers(g.weightSize());
    bias = numbers(3 + g.outChannels());
    if (factor != 1) {
      Arrays.fill(bias, -0f);
    }
  }

  /** Every pass, whole and in parts. */
  void assertSameBits() {
    forward(0, g.outHeight(), bias);
    forward(0, g.outHeight(), null);
    int cut = g.outHeight() / 3;
    forward(cut, g.outHeight(), bias);
    forward(0, cut + 1, null);
    backward(0, g.height(), 0, g.outHeight(), true, true, false);
    backward(0, g.height(), 0, g.outHeight(), true, true, true);
    backward(0, g.height(), 0, g.outHeight(), true, false, false);
    backward(0, g.height(), 0, g.outHeight(), false, true, false);
    int inCut = random.nextInt(g.height() + 1);
    int outCut = random.nextInt(g.outHeight() + 1);
    backward(inCut, g.height(), 0, outCut, true, true, random.nextBoolean());
    backward(0, inCut, outCut, g.outHeight(), true, true, random.nextBoolean());
  }

  private void forward(int fromRow, int toRow, float @Nullable [] biases) {
    float[] expected = pass(twin, fromRow, toRow, biases);
    float[] actual = pass(fast, fromRow, toRow, biases);
    assertSame("forward rows " + fromRow + " to " + toRow, expected, actual);
  }

  private float[] pass(Convolution c, int fromRow, int toRow, float @Nullable [] biases) {
    float[] y = marked(IMAGES * g.outSize());
    float[] packed = marked(c.packedSize());
    c.pack(packed, GUARD, w, 0);
    guarded(packed);
    int images = random.nextBoolean() ? 1 : IMAGES;
    for (int image = 0; image < IMAGES; image += images) {
      poison();
      int end = image + images;
      int yAt = GUARD + image * g.outSize();
      Told told = new Told(y, g.outSize() / g.outHeight());
      c.forward(y, yAt, x, image, end, packed, GUARD, biases, 3, fromRow, toRow, told, scratch);
      told.assertAll(image, end, fromRow, toRow);
      assertEquals(0, scratch.mark() + scratch.intMark(), "scratch given back");
    }
    guarded(y);
    return y;
  }

  private void backward(
      int fromIn, int toIn, int fromOut, int toOut, boolean wantDx, boolean wantDw, boolean add) {
    float[] dxOld = old(IMAGES * g.inSize());
    float[] dwOld = old(g.weightSize());
    float[][] expected =
        pass(twin, dxOld, dwOld, fromIn, toIn, fromOut, toOut, wantDx, wantDw, add);
    float[][] actual = pass(fast, dxOld, dwOld, fromIn, toIn, fromOut, toOut, wantDx, wantDw, add);
    String what =
        " in %d-%d out %d-%d dx %b dw %b add %b"
            .formatted(fromIn, toIn, fromOut, toOut, wantDx, wantDw, add);
    assertSame("dx" + what, expected[0], actual[0]);
    assertSame("dw" + what, expected[1], actual[1]);
  }

  private float[][] pass(
      Convolution c,
      float[] dxOld,
      float[] dwOld,
      int fromIn,
      int toIn,
      int fromOut,
      int toOut,
      boolean wantDx,
      boolean wantDw,
      boolean add) {
    float[] dx = marked(dxOld.length);
    System.arraycopy(dxOld, 0, dx, GUARD, dxOld.length);
    float[] partial = marked(c.partialSize());
    Arrays.fill(partial, GUARD, partial.length - GUARD, 0f);
    float[] packed = marked(c.packedBackwardSize());
    c.packBackward(packed, GUARD, w, 0);
    guarded(packed);
    int images = random.nextBoolean() ? 1 : IMAGES;
    for (int image = 0; image < IMAGES; image += images) {
      poison();
      Told told = new Told(dx, g.inSize() / g.height());
      c.backward(
          wantDx ? dx : null,
          GUARD + image * g.inSize(),
          add,
          wantDw ? partial : null,
          GUARD,
          x,
          dy,
          image,
          image + images,
          packed,
          GUARD,
          fromIn,
          toIn,
          fromOut,
          toOut,
          told,
          scratch);
      told.assertAll(image, image + images, fromIn, wantDx ? toIn : fromIn);
      assertEquals(0, scratch.mark() + scratch.intMark(), "scratch given back");
    }
    guarded(dx);
    guarded(partial);
    float[] dw = marked(g.weightSize());
    System.arraycopy(dwOld, 0, dw, GUARD, dwOld.length);
    c.unpackPartial(dw, GUARD, add, partial, GUARD);
    guarded(dw);
    return new float[][] {dx, dw};
  }

  /** Rows as they were when they were said to be finished. */
  private static final class Told implements FinishedRows {
    private final float[] tensor;
    private final float[] then;
    private final int rowSize;
    private final List<String> rows = new ArrayList<>();

    Told(float[] tensor, int rowSize) {
      this.tensor = tensor;
      this.then = tensor.clone();
      this.rowSize = rowSize;
    }

    @Override
    public void finished(int image, int from, int to) {
      int perImage = (tensor.length - 2 * GUARD) / IMAGES / rowSize;
      for (int row = from; row < to; row++) {
        rows.add(image + ", " + row);
        int at = GUARD + (image * perImage + row) * rowSize;
        System.arraycopy(tensor, at, then, at, rowSize);
      }
    }

    /** Whether these rows were told, in order, and none of them changed later. */
    void assertAll(int fromImage, int toImage, int fromRow, int toRow) {
      List<String> expected = new ArrayList<>();
      for (int image = fromImage; image < toImage; image++) {
        for (int row = fromRow; row < toRow; row++) {
          expected.add(image + ", " + row);
        }
      }
      assertEquals(expected, rows, "image and row of what is finished");
      assertArrayEquals(tensor, then, "finished rows");
    }
  }

  private void poison() {
    Arrays.fill(scratch.floats(), Float.NaN);
    Arrays.fill(scratch.ints(), Integer.MIN_VALUE);
  }

  private void assertSame(String what, float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        throw new AssertionError(
            "%s differs at %d: %s, expected %s, of %s"
                .formatted(what, i - GUARD, actual[i], expected[i], g));
      }
    }
  }

  private static void guarded(float[] values) {
    for (int i = 0; i < GUARD; i++) {
      assertEquals(MARK, values[i], "guard before");
      assertEquals(MARK, values[values.length - 1 - i], "guard behind");
    }
  }

  private static float[] marked(int size) {
    float[] values = new float[size + 2 * GUARD];
    Arrays.fill(values, MARK);
    return values;
  }

  private float[] coefficients(int vectors, int step, int channels) {
    float[] values = new float[vectors * step];
    for (int v = 0; v < vectors; v++) {
      for (int c = 0; c < channels; c++) {
        values[v * step + c] = random.nextFloat() - 0.4f;
      }
    }
    return values;
  }

  /** What results are added to. */
  private float[] old(int size) {
    float[] values = numbers(size);
    if (factor != 1) {
      Arrays.fill(values, -0f);
    }
    return values;
  }

  private float[] numbers(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = factor * (random.nextFloat() - 0.4f);
    }
    return values;
  }
}
