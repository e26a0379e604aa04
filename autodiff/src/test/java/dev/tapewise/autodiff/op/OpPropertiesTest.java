package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.reflect.ClassPath;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/**
 * What holds for every op of {@link OpSpecs}, see {@link OpProof}. A failure shrinks, and prints
 * the simplest case as a line that can be pasted into a test.
 */
final class OpPropertiesTest {
  private static final List<Workers> TEAMS = List.of(new Workers(2), new Workers(3));

  @AfterContainer
  static void endTeams() {
    TEAMS.forEach(Workers::close);
  }

  @Provide
  Arbitrary<OpCase> cases() {
    List<OpSpecs.Spec> specs = OpSpecs.all();
    return Arbitraries.fromGenerator(random ->
        OpCase.any(specs.get(random.nextInt(specs.size())), random.nextLong()).shrinkable());
  }

  @Provide
  Arbitrary<OpCase> smallCases() {
    List<OpSpecs.Spec> specs = OpSpecs.all();
    return Arbitraries.fromGenerator(random ->
        OpCase.small(specs.get(random.nextInt(specs.size())), random.nextLong()).shrinkable());
  }

  @Property
  void theForwardPassAgreesWithItsDefinitionInDoublePrecision(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).forwardIsItsDefinition(Kernels.preferred());
  }

  @Property
  void gradientsAgreeWithDirectionalDifferencesOfTheDefinition(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).directionalDerivativesAreItsGradients(Kernels.preferred());
  }

  @Property
  void elementsOfGradientsAgreeWithDifferencesOfTheDefinition(@ForAll("smallCases") OpCase drawn) {
    new OpProof(drawn).elementsAreItsGradients(Kernels.preferred());
  }

  @Property
  void aLinearOpAndItsGradientAreAdjoint(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).adjointWhereLinear();
  }

  @Property
  void theVectorKernelsHaveTheBitsOfTheirTwins(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).twinsHaveTheSameBits();
  }

  @Property
  void teamsOfTwoAndThreeHaveTheBitsOfOne(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).teamsHaveTheSameBits(TEAMS.get(0), TEAMS.get(1));
  }

  @Property
  void endedBuffersFilledWithNaNChangeNoBit(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).endedBuffersAreNotRead();
  }

  @Property
  void whatElseReadsAnInputAddsItsGradient(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).otherReadersAddTheirGradients();
  }

  @Property
  void aGradientHasTheSameBitsWhenNoOtherIsWanted(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).unwantedGradientsChangeNothing();
  }

  @Property
  void betweenNormsAndActivationsTheFusedProgramHasTheBitsOfThePlainOne(
      @ForAll("cases") OpCase drawn) {
    new OpProof(drawn).fusedHasTheBitsOfPlain();
  }

  @Property
  void aProgramForMoreImagesPlaysFewWithTheBitsOfOneForFew(@ForAll("cases") OpCase drawn) {
    new OpProof(drawn).fewerImagesHaveTheBitsOfAProgramForFewer();
  }

  @Test
  void aPrintedLineProvesItsCaseAgain() {
    for (String name : List.of("relu", "depthwise conv2d", "batch norm in training")) {
      OpCase printed = OpCase.of(name, 8, 1, 2, 1, 0, 1);
      new OpProof(printed).holds();
      assertThat(printed.line())
          .startsWith("new OpProof(OpCase.of(\"" + name + "\", 8L, 1")
          .endsWith(")).holds();");
    }
  }

  @Test
  void everyOpIsInTheRegistry() throws IOException {
    Set<String> registered = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (OpSpecs.Spec spec : OpSpecs.all()) {
      registered.add(spec.type().getName());
      assertThat(names.add(spec.name())).as("one spec is named %s", spec).isTrue();
    }
    List<String> missing = new ArrayList<>();
    for (ClassPath.ClassInfo info :
        ClassPath.from(getClass().getClassLoader())
            .getTopLevelClasses(Op.class.getPackageName() + ".op")) {
      Class<?> type = info.load();
      if (Op.class.isAssignableFrom(type)
          && !type.isInterface()
          && !registered.contains(type.getName())) {
        missing.add(type.getName());
      }
    }
    assertThat(missing).as("ops without a spec").isEmpty();
    assertThat(registered).hasSizeGreaterThan(7);
  }
}
