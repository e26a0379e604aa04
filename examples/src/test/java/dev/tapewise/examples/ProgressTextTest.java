package dev.tapewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProgressTextTest {

  @Test
  void aBarFitsALineOfEightyCharacters() {
    String bar = new ProgressText(true).bar(98, 100, 0.985, 1234, 1.234, 0.987, 35_999);
    assertThat(bar).hasSizeLessThan(80).contains("epoch 99/100").contains("9:59:59 left");
  }

  @Test
  void aBarIsAsLongWhateverItsPart() {
    for (boolean blocks : new boolean[] {true, false}) {
      ProgressText text = new ProgressText(blocks);
      int length = text.cells(0).length();
      for (int i = 0; i <= 1000; i++) {
        assertThat(text.cells(i / 1000.0)).hasSize(length);
      }
    }
  }

  @Test
  void timeIsMinutesAndSeconds() {
    assertThat(ProgressText.time(0.4)).isEqualTo("0:00");
    assertThat(ProgressText.time(75)).isEqualTo("1:15");
    assertThat(ProgressText.time(3725)).isEqualTo("1:02:05");
  }

  @Test
  void jsonIsWrittenWithoutSurprises() {
    assertThat(
            new JsonLine()
                .add("text", "a \"quoted\" \\")
                .add("whole", 3)
                .add("yes", true)
                .add("half", 0.5, 3)
                .add("none", Double.NaN, 3)
                .add("loss", 2.387137f)
                .toString())
        .isEqualTo(
            "{\"text\": \"a \\\"quoted\\\" \\\\\", \"whole\": 3, \"yes\": true, \"half\": 0.500,"
                + " \"none\": null, \"loss\": 2.387137}");
  }
}
