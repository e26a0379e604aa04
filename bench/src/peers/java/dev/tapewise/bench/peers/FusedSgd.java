package dev.tapewise.bench.peers;

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
  private final List<Tensor> velocities;
  private final double momentum;
  private final double decay;
  private final MethodHandle call;
  private boolean first = true;

  /** Takes velocities for all parameters. */
  @SuppressWarnings("restricted") // the JVM is started with --enable-native-access
  FusedSgd(List<Tensor> parameters, double momentum, double decay) throws IOException {
    this.parameters = parameters;
    this.momentum = momentum;
    this.decay = decay;
    try (NoGradGuard _ = new NoGradGuard()) {
      velocities = parameters.stream().map(torch::zeros_like).toList();
    }
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

  /** An at::Tensor is one pointer, so an array of tensors is an array of those. */
  @SuppressWarnings("restricted")
  private static MemorySegment array(Arena arena, List<Tensor> tensors) {
    MemorySegment pointers = arena.allocate(ValueLayout.JAVA_LONG, tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      MemorySegment tensor = MemorySegment.ofAddress(tensors.get(i).address());
      long pointer = tensor.reinterpret(Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, pointer);
    }
    MemorySegment array = arena.allocate(ARRAY_REF);
    array.set(ValueLayout.ADDRESS, 0, pointers);
    array.set(ValueLayout.JAVA_LONG, Long.BYTES, tensors.size());
    return array;
  }

  /**
   * Updates the parameters, whose gradients must be there, and sets the gradients to none. Must run
   * in a scope, which lets go of them.
   */
  void step(double learningRate) {
    List<Tensor> gradients = parameters.stream().map(Tensor::grad).toList();
    try (Arena arena = Arena.ofConfined();
        NoGradGuard _ = new NoGradGuard()) {
      call.invokeExact(
          array(arena, parameters),
          array(arena, gradients),
          array(arena, velocities),
          decay,
          momentum,
          learningRate,
          0.0,
          false,
          false,
          first,
          arena.allocate(OPTIONAL, Long.BYTES),
          arena.allocate(OPTIONAL, Long.BYTES));
    } catch (Throwable e) {
      throw new IllegalStateException("the fused SGD of libtorch failed", e);
    }
    first = false;
    for (Tensor p : parameters) {
      p.mutable_grad().reset();
    }
  }
}
