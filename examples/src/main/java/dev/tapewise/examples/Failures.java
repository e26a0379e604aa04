package dev.tapewise.examples;

import dev.tapewise.autodiff.compile.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in one paragraph; {@code --verbose} adds where. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine line, ParseResult parseResult) {
    line.getErr().println("tapewise: " + describe(failure));
    if (line.getCommand() instanceof TapewiseCommand command && command.common().verbose()) {
      failure.printStackTrace(line.getErr());
    }
    line.getErr().flush();
    return line.getCommandSpec().exitCodeOnExecutionException();
  }

  /** The message, with what some exceptions of the JDK leave out. */
  static String describe(Throwable failure) {
    String message = failure.getMessage();
    if (failure instanceof NoSuchFileException) {
      return "there is no file or folder " + message;
    }
    if (failure instanceof NotDirectoryException) {
      return message + " is not a folder";
    }
    if (message == null || message.isBlank()) {
      return failure + " (--verbose tells where)";
    }
    if (failure instanceof InsufficientMemoryException) {
      return message + ". With the launcher: TAPEWISE_JAVA_OPTS=-Xmx...";
    }
    boolean ours =
        failure instanceof IllegalArgumentException
            || failure.getClass().getName().startsWith("dev.tapewise");
    boolean clear = ours || failure.getClass() == IOException.class || failure instanceof Error;
    return clear ? message : failure.getClass().getSimpleName() + ": " + message;
  }
}
