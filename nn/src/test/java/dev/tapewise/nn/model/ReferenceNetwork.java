package dev.tapewise.nn.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.nn.io.SafetensorsFile;
import dev.tapewise.nn.io.TorchLayout;
import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.ConvNormActivation;
import dev.tapewise.nn.layer.DepthwiseSeparable;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.InvertedResidual;
import dev.tapewise.nn.layer.Layer;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Sequential;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of two small networks whose weights, batch, values and training were computed by PyTorch in
 * double precision.
 */
final class ReferenceNetwork {
  private final JsonObject spec;
  private final Path file;

  private ReferenceNetwork(JsonObject spec) {
    this.spec = spec;
    this.file = resource(spec.get("file").getAsString());
  }

  static ReferenceNetwork of(String name) {
    for (JsonElement net : index().getAsJsonArray("nets")) {
      if (net.getAsJsonObject().get("name").getAsString().equals(name)) {
        return new ReferenceNetwork(net.getAsJsonObject());
      }
    }
    throw new IllegalArgumentException("no reference network " + name);
  }

  private static JsonObject index() {
    try {
      return JsonParser.parseString(Files.readString(resource("mobilenet.json"))).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path resource(String name) {
    URL url = ReferenceNetwork.class.getResource("/reference/" + name);
    if (url == null) {
      throw new IllegalStateException("test resource /reference/" + name + " is missing");
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonObject spec() {
    return spec;
  }

  int batch() {
    return spec.get("batch").getAsInt();
  }

  float smoothing() {
    return spec.getAsJsonObject("loss").get("label_smoothing").getAsFloat();
  }

  /** The network with its first weights. */
  Model model() {
    var side = spec.getAsJsonArray("input");
    int classes = spec.get("classes").getAsInt();
    Model model =
        Model.of(
            spec.get("name").getAsString(),
            network(),
            side.get(0).getAsInt(),
            side.get(1).getAsInt(),
            side.get(2).getAsInt(),
            classes);
    for (Parameter p : model.parameters().all()) {
      TorchLayout.set(p, values(p.name()));
    }
    model.parameters().markInitialized();
    return model;
  }

  private Layer network() {
    Sequential features = Sequential.of();
    Sequential network = Sequential.of();
    for (JsonElement e : spec.getAsJsonArray("layers")) {
      JsonObject layer = e.getAsJsonObject();
      String kind = layer.get("kind").getAsString();
      int in = layer.get("in").getAsInt();
      int out = layer.get("out").getAsInt();
      if (kind.equals("global_average_then_linear")) {
        Linear linear = new Linear(in, out);
        boolean nested = layer.get("linear").getAsString().equals("classifier.1");
        network =
            network
                .then("features", features)
                .then("pool", new GlobalAveragePool())
                .then("classifier", nested ? Sequential.of().then("1", linear) : linear);
        continue;
      }
      int stride = layer.get("stride").getAsInt();
      features =
          features.then(
              switch (kind) {
                case "conv_bn_relu6" -> conv(layer, in, out, stride, Activation.RELU6);
                case "conv_bn_relu" -> conv(layer, in, out, stride, Activation.RELU);
                case "separable" ->
                    new DepthwiseSeparable(in, out, stride, padding(layer), Activation.RELU);
                case "inverted_residual" ->
                    new InvertedResidual(in, layer.get("hidden").getAsInt(), out, stride);
                default -> throw new IllegalArgumentException(kind);
              });
    }
    return network;
  }

  private static Layer conv(JsonObject layer, int in, int out, int stride, Activation activation) {
    int kernel = layer.get("kernel").getAsInt();
    return new ConvNormActivation(
        Conv2d.dense(in, out, kernel, stride).padded(padding(layer)), activation);
  }

  private static Padding padding(JsonObject layer) {
    String padding = layer.get("padding").getAsString();
    return padding.equals("same") ? Padding.same() : Padding.of(Integer.parseInt(padding));
  }

  List<String> names(String field) {
    List<String> names = new ArrayList<>();
    for (JsonElement e : spec.getAsJsonArray(field)) {
      names.add(e.isJsonObject() ? e.getAsJsonObject().get("name").getAsString() : e.getAsString());
    }
    return names;
  }

  /** Names of the blocks whose outputs are known. */
  List<String> blocks() {
    return names("layers").stream().filter(n -> n.startsWith("features")).toList();
  }

  /** The output of a block: what was recorded last under its path. */
  static Var output(Tape tape, String block) {
    return tape.nodes().reverse().stream()
        .filter(n -> n.path().equals(block) || n.path().startsWith(block + "."))
        .findFirst()
        .orElseThrow()
        .output();
  }

  /** A tensor in the order of its file. */
  float[] values(String name) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      float[] values = new float[Math.toIntExact(in.entry(name).elements())];
      in.readFloats(name, values, 0);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  float[] labels() {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      int[] labels = new int[batch()];
      in.readInts("labels", labels, 0);
      float[] floats = new float[labels.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = labels[i];
      }
      return floats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double[] losses(JsonObject run) {
    return run.getAsJsonArray("losses").asList().stream()
        .mapToDouble(JsonElement::getAsDouble)
        .toArray();
  }

  @Override
  public String toString() {
    return spec.get("name").getAsString();
  }
}
