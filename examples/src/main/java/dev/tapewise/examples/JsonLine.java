package dev.tapewise.examples;

import java.util.Locale;

/** A flat JSON object in one line, field by field. */
final class JsonLine {
  private final StringBuilder text = new StringBuilder("{");

  JsonLine add(String name, String value) {
    return raw(name, '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
  }

  JsonLine add(String name, long value) {
    return raw(name, Long.toString(value));
  }

  JsonLine add(String name, boolean value) {
    return raw(name, Boolean.toString(value));
  }

  /** A number with {@code digits} digits behind the point. */
  JsonLine add(String name, double value, int digits) {
    return raw(
        name,
        Double.isFinite(value) ? String.format(Locale.ROOT, "%." + digits + "f", value) : "null");
  }

  /** A float with as many digits as tell it apart. */
  JsonLine add(String name, float value) {
    return raw(name, Float.isFinite(value) ? Float.toString(value) : "null");
  }

  /** A number that is mostly whole. */
  JsonLine addWhole(String name, double value) {
    return raw(name, whole(value));
  }

  /** Whole where it is whole. */
  static String whole(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  private JsonLine raw(String name, String value) {
    text.append(text.length() == 1 ? "" : ", ").append('"').append(name).append("\": ");
    text.append(value);
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
