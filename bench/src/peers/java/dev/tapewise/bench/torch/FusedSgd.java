package dev.tapewise.bench.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch's {@code SGD(fused=True)}: one pass over weight, gradient and momentum. Bytedeco's
 * presets leave {@code at::_fused_sgd_} out, so it is called by its symbol in libtorch 2.7.1.
 */
final class FusedSgd {
  private static final String SYMBOL =
      "_ZN2at4_ops11_fused_sgd_4callEN3c108ArrayRefINS_6TensorEEES5_S5_ddddbbbRKSt8optionalIS4_ES9_";
  private static final String LIBRARY = "libtorch_cpu.so";

  /** c10::ArrayRef: where the elements lie and how many there are. */
  private static final StructLayout ARRAY_REF =
      MemoryLayout.structLayout(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);

  /** More than a std::optional of a tensor takes; zeros are an empty one. */
  private static final long OPTIONAL = 32;

  private final List<Tensor> parameters;
  private final double decay;
  private final double momentum;
  private final MethodHandle call;
  private final MemorySegment gradients;
  private final MemorySegment weightRef;
  private final MemorySegment gradientRef;
  private final MemorySegment velocityRef;
  private final MemorySegment absent;
  private boolean first = true;

  /** Takes velocities for all parameters. */
  @SuppressWarnings("restricted") // the peer starts with --enable-native-access
  FusedSgd(List<Tensor> parameters, double momentum, double decay) throws IOException {
    this.parameters = parameters;
    this.momentum = momentum;
    this.decay = decay;
    call =
        Linker.nativeLinker()
            .downcallHandle(
                library().find(SYMBOL).orElseThrow(),
                FunctionDescriptor.ofVoid(
                    ARRAY_REF,
                    ARRAY_REF,
                    ARRAY_REF,
                    ValueLayout.JAVA_DOUBLE,
                    ValueLayout.JAVA_DOUBLE,
                    ValueLayout.JAVA_DOUBLE,
                    ValueLayout.JAVA_DOUBLE,
                    ValueLayout.JAVA_BOOLEAN,
                    ValueLayout.JAVA_BOOLEAN,
                    ValueLayout.JAVA_BOOLEAN,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));
    List<Tensor> velocities = new ArrayList<>();
    try (NoGradGuard _ = new NoGradGuard()) {
      for (Tensor p : parameters) {
        velocities.add(torch.zeros_like(p));
      }
    }
    Arena arena = Arena.global();
    gradients = arena.allocate(ValueLayout.JAVA_LONG, parameters.size());
    weightRef = ref(arena, array(arena, parameters));
    velocityRef = ref(arena, array(arena, velocities));
    gradientRef = ref(arena, gradients);
    absent = arena.allocate(OPTIONAL, Long.BYTES);
  }

  /** The library that is loaded, wherever it came from. */
  @SuppressWarnings("restricted")
  private static SymbolLookup library() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.endsWith(LIBRARY)) {
        return SymbolLookup.libraryLookup(line.substring(line.indexOf('/')), Arena.global());
      }
    }
    throw new IOException(LIBRARY + " is not loaded");
  }

  private static MemorySegment array(Arena arena, List<Tensor> tensors) {
    MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      array.setAtIndex(ValueLayout.JAVA_LONG, i, implementation(tensors.get(i)));
    }
    return array;
  }

  /** An at::Tensor is one pointer, so an array of tensors is an array of those. */
  @SuppressWarnings("restricted")
  private static long implementation(Tensor tensor) {
    return MemorySegment.ofAddress(tensor.address())
        .reinterpret(Long.BYTES)
        .get(ValueLayout.JAVA_LONG, 0);
  }

  private MemorySegment ref(Arena arena, MemorySegment array) {
    MemorySegment ref = arena.allocate(ARRAY_REF);
    ref.set(ValueLayout.ADDRESS, 0, array);
    ref.set(ValueLayout.JAVA_LONG, Long.BYTES, parameters.size());
    return ref;
  }

  /** Updates the parameters, whose gradients must be there, and forgets the gradients. */
  void step(double learningRate) {
    List<Tensor> held = new ArrayList<>(parameters.size());
    for (int i = 0; i < parameters.size(); i++) {
      Tensor gradient = parameters.get(i).grad();
      held.add(gradient);
      gradients.setAtIndex(ValueLayout.JAVA_LONG, i, implementation(gradient));
    }
    try (NoGradGuard _ = new NoGradGuard()) {
      call.invokeExact(
          weightRef,
          gradientRef,
          velocityRef,
          decay,
          momentum,
          learningRate,
          0.0,
          false,
          false,
          first,
          absent,
          absent);
    } catch (Throwable e) {
      throw new IllegalStateException("the fused SGD of libtorch failed", e);
    }
    first = false;
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).mutable_grad().reset();
      held.get(i).deallocate();
    }
  }
}
