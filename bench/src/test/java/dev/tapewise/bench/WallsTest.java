package dev.tapewise.bench;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

/** The walls between modules and packages. Here, because only this module sees all of them. */
@AnalyzeClasses(packages = "dev.tapewise", importOptions = WallsTest.MainCode.class)
final class WallsTest {

  private static final String CORE = "dev.tapewise.core..";
  private static final String AUTODIFF = "dev.tapewise.autodiff..";
  private static final String NN = "dev.tapewise.nn..";
  private static final String EXAMPLES = "dev.tapewise.examples..";
  private static final String BENCH = "dev.tapewise.bench..";
  private static final String KERNEL = "dev.tapewise.core.kernel..";
  private static final String SCALAR = "dev.tapewise.core.kernel.scalar..";
  private static final String VECTOR = "dev.tapewise.core.kernel.vector..";
  private static final String ASSEMBLED = "dev.tapewise.core.kernel.assembled..";
  private static final String SEGMENT = "dev.tapewise.core.segment..";

  private static final String[] LIBRARY = {CORE, AUTODIFF, NN};

  @ArchTest
  static final ArchRule arrowsBetweenModulesNeverRunBack =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(AUTODIFF, NN, EXAMPLES, BENCH);

  @ArchTest
  static final ArchRule autodiffKnowsNoLayers =
      noClasses()
          .that()
          .resideInAPackage(AUTODIFF)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(NN, EXAMPLES, BENCH);

  @ArchTest
  static final ArchRule nnKnowsNoExamples =
      noClasses()
          .that()
          .resideInAPackage(NN)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(EXAMPLES, BENCH);

  /** Files at the bottom, then data; models over them, and trainers over all. */
  @ArchTest
  static final ArchRule arrowsBetweenPackagesOfNnFormNoCycle =
      slices().matching("dev.tapewise.nn.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule examplesKnowNoBenchmarks =
      noClasses()
          .that()
          .resideInAPackage(EXAMPLES)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(BENCH);

  @ArchTest
  static final ArchRule onlyTheVectorPackageKnowsTheVectorApi =
      noClasses()
          .that()
          .resideInAPackage("dev.tapewise..")
          .and()
          .resideOutsideOfPackage(VECTOR)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule onlyTheAssembledPackageCallsNativeCode =
      noClasses()
          .that()
          .resideInAPackage("dev.tapewise..")
          .and()
          .resideOutsideOfPackages(ASSEMBLED, SEGMENT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  @ArchTest
  static final ArchRule assembledCodeStandsAloneButForSegments =
      noClasses()
          .that()
          .resideInAPackage(ASSEMBLED)
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.tapewise..").and(not(resideInAnyPackage(ASSEMBLED, SEGMENT))));

  @ArchTest
  static final ArchRule segmentsStandAlone =
      noClasses()
          .that()
          .resideInAPackage(SEGMENT)
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.tapewise..").and(not(resideInAPackage(SEGMENT))));

  @ArchTest
  static final ArchRule kernelsAreReachedThroughTheirInterfaces =
      noClasses()
          .that()
          .resideInAnyPackage(LIBRARY)
          .and()
          .resideOutsideOfPackage(KERNEL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SCALAR, VECTOR, ASSEMBLED);

  @ArchTest
  static final ArchRule scalarTwinsStandAlone =
      noClasses()
          .that()
          .resideInAPackage(SCALAR)
          .should()
          .dependOnClassesThat(resideInAPackage(VECTOR));

  @ArchTest
  static final ArchRule libraryPrintsNothing =
      noClasses().that().resideInAnyPackage(LIBRARY).should(ACCESS_STANDARD_STREAMS);

  @ArchTest
  static final ArchRule libraryForcesNoLoggingFramework =
      noClasses().that().resideInAnyPackage(LIBRARY).should(USE_JAVA_UTIL_LOGGING);

  @ArchTest
  static final ArchRule libraryNeverEndsTheProcess =
      noClasses()
          .that()
          .resideInAnyPackage(LIBRARY)
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule onlyFilesKnowGson =
      noClasses()
          .that()
          .resideInAPackage("dev.tapewise..")
          .and()
          .resideOutsideOfPackages("dev.tapewise.nn.io..", EXAMPLES, BENCH)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.google.gson..");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .that()
          .resideInAPackage("dev.tapewise..")
          .and()
          .resideOutsideOfPackage("..jmh_generated..")
          .should(
              new ArchCondition<JavaClass>("reside in a package that is @NullMarked") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  if (!item.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(
                        SimpleConditionEvent.violated(
                            item, item.getPackageName() + " has no @NullMarked package-info"));
                  }
                }
              });

  /** Everything but tests and published test support. */
  static final class MainCode implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }
}
