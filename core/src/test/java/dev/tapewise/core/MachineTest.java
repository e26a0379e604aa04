package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MachineTest {

  @Test
  void theMachineChoosesTheWidthUnlessOneIsForced() {
    assertThat(Machine.choose(null, 256, false)).isEqualTo(256);
    assertThat(Machine.choose(null, 0, false)).isZero();
    assertThat(Machine.choose(null, -1, false)).isZero();
    assertThat(Machine.choose("128", 256, false)).isEqualTo(128);
    assertThat(Machine.choose("0", 512, false)).isZero();
    assertThat(Machine.choose("0", -1, false)).isZero();
  }

  @Test
  void aWidthThatTheMachineLacksIsRefusedUnlessAskedFor() {
    assertThatThrownBy(() -> Machine.choose("512", 256, false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("-Dtapewise.vectorBits=512")
        .hasMessageContaining("256-bit")
        .hasMessageContaining("-Dtapewise.allowSlowVectors=true");
    assertThat(Machine.choose("512", 256, true)).isEqualTo(512);
  }

  @Test
  void aWidthWithoutTheVectorApiNamesTheFlag() {
    assertThatThrownBy(() -> Machine.choose("256", -1, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--add-modules jdk.incubator.vector");
  }

  @Test
  void aMalformedWidthIsRefused() {
    for (String width : new String[] {"", "64", "-128", "256 ", "AVX2"}) {
      assertThatThrownBy(() -> Machine.choose(width, 256, true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("-Dtapewise.vectorBits=" + width)
          .hasMessageContaining("Choose 0 (scalar kernels), 128, 256 or 512");
    }
  }

  @Test
  void theMachineIsDescribedInOneLine() {
    assertThat(Machine.vectorBits()).isIn(0, 128, 256, 512);
    assertThat(Machine.cores()).isPositive();
    assertThat(Machine.maxHeap()).isPositive();
    assertThat(Machine.describe())
        .contains(Machine.cores() + " cores", Machine.collector() + " collector", "64-byte lines")
        .doesNotContain("\n");
  }
}
