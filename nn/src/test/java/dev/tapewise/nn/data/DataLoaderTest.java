package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Floats;
import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// On a thread of its own, as waiting for a batch does not end at an interrupt.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DataLoaderTest {
  private static final Normalisation PLAIN = Normalisation.none(1);
  private static final InMemoryImages IMAGES = TestFiles.images(23, 4, 5, 1);

  /** What was in a batch, copied. */
  private record Copy(
      int number, List<Integer> indices, List<Integer> labels, List<Float> images) {}

  @Test
  void anEpochHasEveryImageOnceAndAShortLastBatch() {
    try (var loader = DataLoader.of(IMAGES, 5, PLAIN, Augmentation.none(), 1, 1)) {
      assertThat(loader.batches()).isEqualTo(5);
      for (int epoch = 0; epoch < 4; epoch++) {
        loader.start(epoch);
        List<Copy> batches = rest(loader);
        assertThat(batches.stream().map(Copy::number)).containsExactly(0, 1, 2, 3, 4);
        assertThat(batches.stream().map(b -> b.indices().size())).containsExactly(5, 5, 5, 5, 3);
        assertThat(batches.stream().flatMap(b -> b.indices().stream()))
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 23).boxed().toList());
        assertThat(loader.next()).isNull();
      }
    }
  }

  @Test
  void imagesAndLabelsAreThoseOfTheirIndices() {
    try (var loader = DataLoader.of(IMAGES, 4, PLAIN, Augmentation.none(), 1, 3)) {
      loader.start(9);
      float[] image = new float[20];
      for (Copy batch : rest(loader)) {
        for (int i = 0; i < batch.indices().size(); i++) {
          int index = batch.indices().get(i);
          assertThat(batch.labels().get(i)).isEqualTo(index % 3);
          IMAGES.copyPixels(index, image, 0);
          for (int at = 0; at < 60; at++) {
            assertThat(batch.images().get(i * 60 + at)).isEqualTo((float) (image[at / 3] / 255.0));
          }
        }
      }
    }
  }

  @Test
  void evaluationKeepsTheOrder() {
    try (var loader = DataLoader.inOrder(IMAGES, 10, PLAIN, 1)) {
      loader.start(3);
      assertThat(rest(loader).stream().flatMap(b -> b.indices().stream()))
          .containsExactlyElementsOf(IntStream.range(0, 23).boxed().toList());
    }
  }

  @Test
  void anEpochStartedInTheMiddleContinuesWithTheSameBatches() {
    Augmentation augmentation = Augmentation.padCrop(2).withHorizontalFlip();
    List<Copy> whole;
    try (var loader = DataLoader.of(IMAGES, 3, PLAIN, augmentation, 77, 1)) {
      loader.start(6);
      whole = rest(loader);
    }
    try (var loader = DataLoader.of(IMAGES, 3, PLAIN, augmentation, 77, 1)) {
      for (int first = 0; first <= loader.batches(); first++) {
        loader.start(5);
        loader.next();
        loader.start(6, first);
        List<Copy> rest = rest(loader);
        assertThat(rest).hasSize(8 - first);
        for (int i = 0; i < rest.size(); i++) {
          Copy expected = whole.get(first + i);
          assertThat(rest.get(i).number()).isEqualTo(first + i);
          assertThat(rest.get(i).indices()).isEqualTo(expected.indices());
          assertThat(rest.get(i).images()).isEqualTo(expected.images());
        }
      }
    }
  }

  @Test
  void epochsAndSeedsDifferInOrderAndVariation() {
    Augmentation augmentation = Augmentation.padCrop(2);
    try (var loader = DataLoader.of(IMAGES, 23, PLAIN, augmentation, 1, 1);
        var other = DataLoader.of(IMAGES, 23, PLAIN, augmentation, 2, 1)) {
      loader.start(0);
      Copy first = rest(loader).getFirst();
      loader.start(1);
      Copy second = rest(loader).getFirst();
      other.start(0);
      Copy third = rest(other).getFirst();
      assertThat(first.indices()).isNotEqualTo(second.indices()).isNotEqualTo(third.indices());
    }
  }

  @Test
  void aBatchStaysAsItIsUntilTheNextIsTaken() throws InterruptedException {
    try (var loader = DataLoader.of(IMAGES, 2, PLAIN, Augmentation.padCrop(1), 1, 1)) {
      loader.start(0);
      for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
        Copy before = copy(batch);
        Thread.sleep(5);
        Copy after = copy(batch);
        assertThat(after.number()).isEqualTo(before.number());
        assertThat(after.indices()).isEqualTo(before.indices());
        assertThat(after.images()).isEqualTo(before.images());
      }
    }
  }

  @Test
  void whatFailsOnTheLoaderThreadReachesTheCallerAfterTheBatchesBeforeIt() {
    var failing =
        new HookedImages(index -> {
          if (index == 12) {
            throw new UnsupportedOperationException("no image 12");
          }
        });
    try (var loader = DataLoader.inOrder(failing, 5, PLAIN, 1)) {
      for (int time = 0; time < 2; time++) {
        loader.start(8);
        assertThat(loader.next()).isNotNull();
        assertThat(loader.next()).isNotNull();
        for (int again = 0; again < 2; again++) {
          assertThatThrownBy(loader::next)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("batch 2 of epoch 8")
              .hasMessageContaining("no image 12")
              .hasCauseInstanceOf(UnsupportedOperationException.class);
        }
      }
    }
  }

  @Test
  void anInterruptDoesNotEndAnEpochAndStaysPending() {
    var slow = new HookedImages(index -> pause());
    try (var loader = DataLoader.inOrder(slow, 5, PLAIN, 1)) {
      Thread.currentThread().interrupt();
      loader.start(0);
      assertThat(rest(loader)).hasSize(5);
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aBatchThatWasBeingMadeForADroppedEpochIsNotHandedOut() throws InterruptedException {
    List<Copy> expected;
    try (var loader = DataLoader.of(IMAGES, 3, PLAIN, Augmentation.none(), 77, 1)) {
      loader.start(6);
      expected = rest(loader);
    }
    var entered = new CountDownLatch(1);
    var restarted = new CountDownLatch(1);
    var images =
        new HookedImages(index -> {
          entered.countDown();
          Uninterruptibles.awaitUninterruptibly(restarted);
          pause();
        });
    try (var loader = DataLoader.of(images, 3, PLAIN, Augmentation.none(), 77, 1)) {
      loader.start(5);
      entered.await();
      loader.start(6);
      restarted.countDown();
      assertThat(rest(loader)).isEqualTo(expected);
    }
  }

  @Test
  void closingEndsTheThreadAtAnyTime() {
    for (int taken = 0; taken < 4; taken++) {
      var loader = DataLoader.inOrder(IMAGES, 5, PLAIN, 1);
      if (taken > 0) {
        loader.start(0);
      }
      for (int i = 1; i < taken; i++) {
        loader.next();
      }
      loader.close();
      loader.close();
      assertThatThrownBy(loader::next).hasMessageContaining("closed");
      assertThatThrownBy(() -> loader.start(0)).hasMessageContaining("closed");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("tapewise-loader"));
  }

  @Test
  void wrongUseIsRejectedWithTheCure() {
    assertThatThrownBy(() -> DataLoader.inOrder(IMAGES, 0, PLAIN, 1))
        .hasMessageContaining("batch of 0 images");
    assertThatThrownBy(() -> DataLoader.inOrder(IMAGES, 1, Normalisation.CIFAR10, 1))
        .hasMessageContaining("normalisation of 3 channels for images with 1");
    var colour = TestFiles.images(4, 2, 2, 3);
    assertThatThrownBy(() -> DataLoader.inOrder(colour, 1, Normalisation.CIFAR10, 6))
        .hasMessageContaining("3 channels cannot become 6");
    try (var loader = DataLoader.inOrder(IMAGES, 5, PLAIN, 1)) {
      assertThatThrownBy(loader::next).hasMessageContaining("call start(epoch) first");
      assertThatThrownBy(() -> loader.start(0, 6)).hasMessageContaining("choose from 0 to 5");
      assertThatThrownBy(() -> loader.start(-1)).hasMessageContaining("epoch -1");
      assertThatThrownBy(() -> loader.start(1L << 32)).hasMessageContaining("epoch 4294967296");
      loader.start((1L << 32) - 1);
      assertThat(rest(loader)).hasSize(5);
    }
  }

  /** Long enough for the caller to be waiting. */
  private static void pause() {
    Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(3));
  }

  private static List<Copy> rest(DataLoader loader) {
    List<Copy> copies = new ArrayList<>();
    for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
      copies.add(copy(batch));
    }
    return copies;
  }

  private static Copy copy(Batch batch) {
    int floats = batch.images().length / batch.labels().length * batch.count();
    return new Copy(
        batch.number(),
        Arrays.stream(batch.indices(), 0, batch.count()).boxed().toList(),
        Arrays.stream(batch.labels(), 0, batch.count()).boxed().toList(),
        Floats.asList(Arrays.copyOf(batch.images(), floats)));
  }

  /** Images as above; {@code hook} is told of each index before it is read. */
  private record HookedImages(IntConsumer hook) implements ImageDataset {
    @Override
    public int size() {
      return IMAGES.size();
    }

    @Override
    public int height() {
      return IMAGES.height();
    }

    @Override
    public int width() {
      return IMAGES.width();
    }

    @Override
    public int channels() {
      return IMAGES.channels();
    }

    @Override
    public ImmutableList<String> classNames() {
      return IMAGES.classNames();
    }

    @Override
    public int label(int index) {
      return IMAGES.label(index);
    }

    @Override
    public void copyPixels(int index, byte[] out, int offset) {
      hook.accept(index);
      IMAGES.copyPixels(index, out, offset);
    }

    @Override
    public void copyPixels(int index, float[] out, int offset) {
      IMAGES.copyPixels(index, out, offset);
    }
  }
}
