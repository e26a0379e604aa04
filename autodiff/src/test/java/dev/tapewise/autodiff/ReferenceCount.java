package dev.tapewise.autodiff;

import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts the reference cases of each op. */
public final class ReferenceCount {
  private ReferenceCount() {}

  /** By {@link Op#name}: how many cases record the op. */
  public static Map<String, Integer> byOp() {
    Map<String, Integer> counts = new TreeMap<>();
    for (ReferenceFamily family : ReferenceCasesTest.families()) {
      for (JsonObject spec : ReferenceCasesTest.specs(family)) {
        Tape tape = new Tape();
        family.record(new ReferenceCase(spec), tape);
        Set<String> names = new HashSet<>();
        tape.nodes().forEach(node -> names.add(node.op().name()));
        names.forEach(name -> counts.merge(name, 1, Integer::sum));
      }
    }
    return counts;
  }
}
