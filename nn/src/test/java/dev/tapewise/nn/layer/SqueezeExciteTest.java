package dev.tapewise.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.nn.io.SafetensorsFile;
import dev.tapewise.nn.io.TorchLayout;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against PyTorch in double precision, and torchvision's names. */
final class SqueezeExciteTest {
  private static final Shape SHAPE = Shape.of(3, 5, 4, 16);

  private final Tape tape = new Tape();
  private final Var x = tape.input("x", SHAPE);

  @Test
  void mobileNetsHasPyTorchsNumbers() throws IOException, URISyntaxException {
    check(new SqueezeExcite(16, 8), "squeeze_excite_hardsigmoid");
  }

  @Test
  void otherActivationsHavePyTorchsNumbers() throws IOException, URISyntaxException {
    check(new SqueezeExcite(16, 8, Activation.SILU, Activation.SIGMOID), "squeeze_excite_sigmoid");
  }

  private void check(SqueezeExcite layer, String name) throws IOException, URISyntaxException {
    Var y = layer.applyUnder("se", x);
    assertThat(tape.parameters().all())
        .extracting(Parameter::name)
        .containsExactly("se.fc1.weight", "se.fc1.bias", "se.fc2.weight", "se.fc2.bias");
    Path file =
        Path.of(
            Objects.requireNonNull(getClass().getResource("/reference/squeeze_excite.safetensors"))
                .toURI());
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      for (Parameter p : tape.parameters().all()) {
        String role = p.name().substring("se.".length()).replace('.', '_');
        TorchLayout.set(p, values(in, name + "/" + role));
      }
      tape.parameters().markInitialized();
      Program program = tape.compile(CompileOptions.forwardOnly(y));
      program.input(x).set(values(in, name + "/input"));
      program.forward();
      assertThat(program.value(y).toArray())
          .usingComparatorWithPrecision(2e-6f)
          .containsExactly(values(in, name + "/output"));
    }
  }

  private static float[] values(SafetensorsFile in, String name) throws IOException {
    float[] values = new float[Math.toIntExact(in.entry(name).elements())];
    in.readFloats(name, values, 0);
    return values;
  }

  @Test
  void itsOpsStandUnderItsPath() {
    new SqueezeExcite(16, 8).applyUnder("se", x);
    assertThat(tape.nodes())
        .extracting(Node::path)
        .containsExactly("se", "se.fc1", "se", "se.fc2", "se", "se");
  }
}
