package dev.tapewise.examples;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line: {@code tapewise train}, {@code eval}, {@code step}, {@code summary}. */
@Command(
    name = "tapewise",
    mixinStandardHelpOptions = true,
    version = "Tapewise 0.1.0",
    description = "Trains small convolutional networks on the CPU, in pure Java.",
    subcommands = {
      TrainMobileNet.class,
      EvalMobileNet.class,
      StepCommand.class,
      SummaryCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:something went wrong while running",
      "2:the command line is wrong",
      "130:stopped by Ctrl-C, with the weights written"
    })
public final class Tapewise implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, to be executed. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Tapewise());
    line.setExecutionExceptionHandler(new Failures());
    line.setParameterExceptionHandler(new WrongArguments());
    line.setUsageHelpAutoWidth(true);
    return line;
  }

  /** No command was given. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new ParameterException(spec.commandLine(), "Which command? Try \"tapewise train\".");
  }
}
