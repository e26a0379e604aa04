package dev.tapewise.nn.io;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters and running statistics of a network as a safetensors file with PyTorch's names and
 * order of axes (see {@link TorchLayout}), which {@code load_state_dict} of the same network in
 * PyTorch reads, and the other way round. Models save and load through it; so may networks that
 * were recorded by hand.
 *
 * <p>Optimizer state is not in it. PyTorch's {@code num_batches_tracked}, which only norms without
 * a momentum use, is ignored when read and not written: PyTorch does not miss it.
 */
public final class StateDict {
  private static final int MOST_REPORTED = 5;
  private static final String COUNTER = ".num_batches_tracked";

  private StateDict() {}

  /**
   * Writes all parameters and buffers, whole or not at all.
   *
   * @param metadata strings to keep beside them
   * @param path the file, created or replaced
   * @throws IOException if the file could not be written; an old one is then still there
   */
  public static void save(ParameterStore parameters, Map<String, String> metadata, Path path)
      throws IOException {
    List<TensorValues> tensors = new ArrayList<>();
    for (Parameter p : parameters.all()) {
      tensors.add(TensorValues.floats(p.name(), TorchLayout.shape(p), TorchLayout.values(p), 0));
    }
    ImmutableMap<String, String> all =
        ImmutableMap.<String, String>builder().put("format", "pt").putAll(metadata).buildOrThrow();
    SafetensorsWriter.write(path, tensors, all);
  }

  /**
   * Sets all parameters and buffers. The file must have exactly their tensors, of type F32, F16,
   * BF16 or F64; where it does not, nothing is changed.
   *
   * @param network what errors call the network
   * @throws MalformedFileException if tensors are missing, unknown, or of another shape or type:
   *     one error names up to five of them
   * @throws IOException if the file cannot be read
   */
  public static void load(ParameterStore parameters, String network, SafetensorsFile file)
      throws IOException {
    List<Parameter> all = parameters.all();
    check(network, all, file);
    List<float[]> values = new ArrayList<>();
    for (Parameter p : all) {
      float[] read = new float[p.size()];
      file.readFloats(p.name(), read, 0);
      values.add(read);
    }
    for (int i = 0; i < values.size(); i++) {
      TorchLayout.set(all.get(i), values.get(i));
    }
    parameters.markInitialized();
  }

  private static void check(String network, List<Parameter> parameters, SafetensorsFile file)
      throws MalformedFileException {
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>(file.names());
    for (Parameter p : parameters) {
      ImmutableLongArray shape = TorchLayout.shape(p);
      unknown.remove(p.name());
      if (!file.contains(p.name())) {
        expected.add(quoted(p.name()) + " " + shape);
        found.add("no such tensor");
        continue;
      }
      TensorEntry entry = file.entry(p.name());
      if (!entry.shape().equals(shape)) {
        expected.add(quoted(p.name()) + " " + shape);
        found.add(entry.shape().toString());
      } else if (!isFloat(entry.dtype())) {
        expected.add(quoted(p.name()) + " " + shape + " of type F32, F16, BF16 or F64");
        found.add("type " + entry.dtype());
      }
    }
    for (String name : unknown) {
      if (!name.endsWith(COUNTER)) {
        expected.add("no tensor " + quoted(name));
        found.add(file.entry(name).shape().toString());
      }
    }
    if (!expected.isEmpty()) {
      throw new MalformedFileException(
          file.name(),
          SafetensorsHeader.START,
          "the tensors of " + network + ": " + listed(expected),
          listed(found),
          "Load it into the model it was saved from: the same network, width and classes.");
    }
  }

  private static String quoted(String name) {
    return SafetensorsHeader.quote(name);
  }

  private static boolean isFloat(DType type) {
    return switch (type) {
      case F32, F16, BF16, F64 -> true;
      default -> false;
    };
  }

  private static String listed(List<String> faults) {
    int shown = Math.min(MOST_REPORTED, faults.size());
    String text = String.join("; ", faults.subList(0, shown));
    return faults.size() > shown ? text + "; and " + (faults.size() - shown) + " more" : text;
  }
}
