package dev.tapewise.autodiff.mutants;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mistake planted in one line of a source file.
 *
 * @param file the file
 * @param line the number of the line, from 1
 * @param mistake its kind
 * @param before the line as it is
 * @param after the line with the mistake
 */
record Mutation(Path file, int line, String mistake, String before, String after) {

  /** The mistakes that people make in kernels, as a pattern and what to put in its place. */
  private enum Mistake {
    WRONG_SIGN_OF_A_PRODUCT("Math\\.fma\\(", "Math.fma(-"),
    WRONG_SIGN_OF_A_SUM(" \\+= (?=.*;$)(?!.*\\) \\{$)", " -= "),
    WRONG_SIGN(" \\+ ", " - "),
    WRONG_SIGN_BACK(" - ", " + "),
    NO_FACTOR(" [*] [\\w.]+(\\(\\))?(?=[;,) ])", ""),
    NO_DIVISOR(" / [\\w.]+(\\(\\))?(?=[;,) ])", ""),
    NO_REMAINDER(" % [\\w.]+(\\(\\))?(?=[;,) ])", ""),
    ONE_MORE(" < ", " <= "),
    ONE_LESS(" <= ", " < "),
    FIRST_DROPPED("(?<=for \\(int \\w{1,20} = )0(?=;)", "1"),
    LAST_DROPPED(" >= ", " > "),
    BOUND_INCLUDED(" > ", " >= "),
    OTHER_CASE(" == ", " != "),
    OTHER_CASE_BACK(" != ", " == "),
    OTHER_CHOICE("(?<=[ (])([a-z][\\w.]*(\\(\\))?) \\? ", "!$1 ? "),
    OTHER_BOUND("Math\\.max\\(", "Math.min("),
    OTHER_BOUND_BACK("Math\\.min\\(", "Math.max("),
    EITHER_FOR_BOTH(" && ", " || "),
    BOTH_FOR_EITHER(" \\|\\| ", " && "),
    WRONG_START("(?<= )0f(?=;)", "1f"),
    WRONG_NUMBER("(?<=[ (-])(\\d+\\.\\d+(e-?\\d+)?f)", "1.01f * $1");

    private final Pattern pattern;
    private final String replacement;

    Mistake(String pattern, String replacement) {
      this.pattern = Pattern.compile(pattern);
      this.replacement = replacement;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ').replace(" back", "");
    }
  }

  /** All of a file. */
  static List<Mutation> of(Path file, String source) {
    List<Mutation> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    String[] lines = source.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      String code = line.strip();
      if (code.startsWith("*")
          || code.startsWith("/")
          || code.startsWith("import ")
          || code.contains("throw ")
          || code.contains("\"")) {
        continue;
      }
      for (Mistake mistake : Mistake.values()) {
        Matcher matcher = mistake.pattern.matcher(line);
        while (matcher.find()) {
          StringBuilder after = new StringBuilder();
          matcher.appendReplacement(after, mistake.replacement);
          after.append(line, matcher.end(), line.length());
          matcher = restart(mistake.pattern.matcher(line), matcher.end());
          if (seen.add(i + after.toString())) {
            all.add(new Mutation(file, i + 1, mistake.text(), line, after.toString()));
          }
        }
      }
    }
    return all;
  }

  private static Matcher restart(Matcher matcher, int from) {
    matcher.region(from, matcher.regionEnd());
    matcher.useTransparentBounds(true);
    matcher.useAnchoringBounds(false);
    return matcher;
  }

  /** Its place in an order that looks random, and that another line of a file does not change. */
  int place() {
    int h = key().hashCode() * 0x9E3779B9;
    return h ^ h >>> 15;
  }

  String applyTo(String source) {
    String[] lines = source.split("\n", -1);
    lines[line - 1] = after;
    return String.join("\n", lines);
  }

  /** Names it whatever its line number is: in the list of survivors. */
  String key() {
    return file.getFileName() + " | " + before.strip() + " | " + after.strip();
  }

  @Override
  public String toString() {
    return "%s:%d %s: %s".formatted(file.getFileName(), line, mistake, after.strip());
  }
}
