package io.maitred;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The layering of docs/architecture.md as a test. */
@AnalyzeClasses(packages = "io.maitred", importOptions = ArchitectureTest.NoTests.class)
class ArchitectureTest {

  /** The tests of every build folder; ArchUnit's own option knows only target/test-classes. */
  static final class NoTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/");
    }
  }

  private static final String ROOT = "io.maitred.";

  /** Which part may use which; all may use common and metrics, node may use all. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry(
              "http",
              List.of(
                  "router",
                  "autoscaler",
                  "reservation",
                  "discovery",
                  "scheduler",
                  "service",
                  "waitingroom")),
          // the router orders the start of services, in the scheduler's terms
          Map.entry(
              "router", List.of("reservation", "discovery", "scheduler", "service", "waitingroom")),
          Map.entry("autoscaler", List.of("reservation", "discovery", "scheduler", "service")),
          Map.entry("reservation", List.of("discovery", "division", "service")),
          Map.entry("discovery", List.of("scheduler", "service")),
          Map.entry("scheduler", List.of("service")),
          Map.entry("service", List.of("store")),
          Map.entry("waitingroom", List.of("division", "store")),
          Map.entry("store", List.of()),
          Map.entry("metrics", List.of()),
          Map.entry("division", List.of()),
          Map.entry("simulation", List.of("division", "waitingroom.model")),
          Map.entry("demo", List.of()),
          Map.entry("common", List.of()));

  @ArchTest
  static void packages_useOnlyWhatTheyMay(JavaClasses all) {
    MAY_USE.forEach(
        (from, allowed) ->
            noClasses()
                .that()
                .resideInAPackage(ROOT + from + "..")
                .should()
                .dependOnClassesThat(
                    resideInAPackage("io.maitred..")
                        .and(not(resideInAnyPackage(withShared(from, allowed)))))
                .allowEmptyShould(true)
                .check(all));
  }

  @ArchTest
  static final ArchRule model_isPlainJava =
      classes()
          .that()
          .resideInAPackage("..model..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "..model..",
              "io.maitred.common..",
              "io.maitred.division..",
              "com.fasterxml.jackson.annotation..",
              "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule model_readsNoClock =
      noClasses()
          .that()
          .resideInAPackage("..model..")
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.maitred.(*)..").should().beFreeOfCycles();

  private static String[] withShared(String from, List<String> allowed) {
    return Stream.concat(allowed.stream(), Stream.of(from, "common", "metrics"))
        .map(name -> ROOT + name + "..")
        .toArray(String[]::new);
  }
}
