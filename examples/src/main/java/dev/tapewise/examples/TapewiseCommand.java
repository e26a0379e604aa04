package dev.tapewise.examples;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have: the common options, checked before anything runs. */
abstract class TapewiseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CommonOptions common = new CommonOptions();

  /** Runs the command. */
  @Override
  public final Integer call() throws Exception {
    common.checkVectorBits(spec);
    try {
      return execute();
    } catch (OutOfMemoryError e) {
      // Picocli hands on exceptions only, and this one has a cure to tell.
      throw new IllegalStateException(
          "the heap is full: "
              + e.getMessage()
              + ". Choose a smaller --batch, or a larger heap with TAPEWISE_JAVA_OPTS=-Xmx8g",
          e);
    }
  }

  /** Does the work; returns the exit code. */
  abstract int execute() throws Exception;

  /** What a rule of the library says of an argument is an error of the command line. */
  final <T> T usage(Supplier<T> checked) {
    try {
      return checked.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  final int atLeastOne(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least 1 but is %d".formatted(option, value));
    }
    return value;
  }

  final CommandSpec spec() {
    return spec;
  }

  final CommonOptions common() {
    return common;
  }

  final void print(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  /** What a user should know and a program that reads the output should not. */
  final void note(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }
}
