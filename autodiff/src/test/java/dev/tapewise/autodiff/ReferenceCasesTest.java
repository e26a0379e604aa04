package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * PyTorch's numbers, computed in double precision and stored as float32: cases that are exact in
 * float32 must match bit for bit, all others within four times the error that PyTorch's own float32
 * kernels make (at least 2e-6), as the reference suggests.
 */
final class ReferenceCasesTest {
  static List<ReferenceFamily> families() {
    List<ReferenceFamily> families = new ArrayList<>();
    families.add(new ArithmeticReferences());
    families.add(new BasicReferences());
    families.add(new LossReferences());
    families.add(new UnaryReferences());
    families.add(new BlockReferences());
    families.add(new ConvReferences());
    families.add(new MoveReferences());
    families.add(new NormReferences());
    families.add(new PoolReferences());
    return families;
  }

  static List<JsonObject> specs(ReferenceFamily family) {
    List<JsonObject> specs = new ArrayList<>();
    for (JsonElement e : ReferenceTensors.index().getAsJsonArray("cases")) {
      if (family.covers(e.getAsJsonObject())) {
        specs.add(e.getAsJsonObject());
      }
    }
    return specs;
  }

  @TestFactory
  Stream<DynamicTest> everyCaseOfTheseFamiliesMatches() {
    List<DynamicTest> tests = new ArrayList<>();
    for (ReferenceFamily family : families()) {
      for (JsonObject spec : specs(family)) {
        String name = spec.get("name").getAsString();
        for (boolean fused : new boolean[] {true, false}) {
          for (Kernels kernels : List.of(Kernels.preferred(), Kernels.scalar())) {
            tests.add(
                DynamicTest.dynamicTest(
                    name + (fused ? " fused " : " plain ") + kernels.getClass().getSimpleName(),
                    () -> new ReferenceCase(spec).check(family, fused, kernels)));
          }
        }
      }
    }
    return tests.stream();
  }

  @Test
  void noCaseOfTheseFamiliesIsLeftOut() {
    for (ReferenceFamily family : families()) {
      assertThat(specs(family)).as(family.getClass().getSimpleName()).hasSize(family.cases());
    }
  }
}
