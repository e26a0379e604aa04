package dev.tapewise.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a well-formed file gives, and that every hostile one is named with offset and reason. */
final class SafetensorsFileTest {
  private static final String TWO_FLOATS =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  @TempDir private Path folder;

  @Test
  void namesAndMetadataKeepTheOrderOfTheHeader() throws IOException {
    String header =
        "{\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"__metadata__\":{\"k\":\"v\",\"b\":\"\"},"
            + "\"a\":{\"shape\":[1,1],\"data_offsets\":[0,4],\"dtype\":\"F32\"}}  ";
    try (var file = SafetensorsFile.open(file(header, 8))) {
      assertThat(file.names()).containsExactly("z", "a");
      assertThat(file.metadata()).containsExactly(entry("k", "v"), entry("b", ""));
      assertThat(file.entry("a").shape().asList()).containsExactly(1L, 1L);
      assertThat(file.entry("z").begin()).isEqualTo(4);
      assertThat(file.contains("b")).isFalse();
    }
  }

  @Test
  void halvesBrainFloatsAndDoublesBecomeFloats() throws IOException {
    var data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putShort((short) 0x3C00).putShort((short) 0xC500);
    data.putShort((short) 0x3F80).putShort((short) 0xC0A0).putLong(-7);
    String header =
        "{\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]},"
            + "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]}}";
    try (var file = SafetensorsFile.open(file(header, data.array()))) {
      float[] out = new float[6];
      file.readFloats("d", out, 0);
      file.readFloats("h", out, 1);
      file.readFloats("b", out, 3);
      assertThat(out).containsExactly(0.1f, 1f, -5f, 1f, -5f, 0f);
      int[] ints = new int[1];
      file.readInts("i", ints, 0);
      assertThat(ints).containsExactly(-7);
    }
  }

  @Test
  void aLongThatDoesNotFitIsNamedWithItsOffset() throws IOException {
    byte[] data = new byte[16];
    data[8 + 4] = 1;
    String header = "{\"i\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}";
    try (var file = SafetensorsFile.open(file(header, data))) {
      assertThatThrownBy(() -> file.readInts("i", new int[2], 0))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("offset %d:", 8 + header.length() + 8)
          .hasMessageContaining("found 4294967296");
    }
  }

  @Test
  void aMissingTensorAWrongTypeAndTooLittleRoomAreNamed() throws IOException {
    try (var file = SafetensorsFile.open(file(TWO_FLOATS, 8))) {
      assertThatThrownBy(() -> file.entry("b"))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("expected a tensor \"b\"");
      assertThatThrownBy(() -> file.readInts("a", new int[2], 0))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("of type I32 or I64, found F32");
      assertThatThrownBy(() -> file.readFloats("a", new float[2], 1))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("has 2 values, but the array has room for 1 from index 1");
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsNoticed() throws IOException {
    Path path = file(TWO_FLOATS, 8);
    try (var file = SafetensorsFile.open(path)) {
      Files.write(path, new byte[8 + TWO_FLOATS.length() + 3]);
      assertThatThrownBy(() -> file.readFloats("a", new float[2], 0))
          .isInstanceOf(MalformedFileException.class)
          .hasMessageContaining("offset %d:", 8 + TWO_FLOATS.length() + 3);
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none.safetensors")))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("none.safetensors");
  }

  @Test
  void aFileWithoutWholeHeaderLengthIsRejected() throws IOException {
    Path path = folder.resolve("short.safetensors");
    Files.write(path, new byte[7]);
    assertMalformed(path).hasMessageContaining("expected 8 bytes of header length, found 7 bytes");
  }

  @ParameterizedTest
  @CsvSource({"56", "100000001", "9223372036854775807", "-1", "-9223372036854775808"})
  void aHeaderLengthBeyondFileOrCapIsRejected(long length) throws IOException {
    byte[] bytes = new byte[63];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    Path path = folder.resolve("length.safetensors");
    Files.write(path, bytes);
    assertMalformed(path)
        .hasMessageContaining("offset 0: expected a header length of at most 55 bytes")
        .hasMessageContaining("found " + Long.toUnsignedString(length));
  }

  /** Headers over 8 bytes of data, with what the message must contain. Quotes are single here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                                                          | EOFException
          `[]`                                                                        | BEGIN_ARRAY
          `hello`                                                                     | MalformedJson
          `{'a'`                                                                      | EOFException
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}`                     | EOFException
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}x`                   | MalformedJson
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},}`                   | MalformedJson
          `{'a':1}`                                                                   | found JSON NUMBER
          `{'a':{}}`                                                                  | lacks one of them
          `{'a':{'dtype':'F32','shape':[2]}}`                                         | lacks one of them
          `{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}`      | one dtype of tensor "a", found two
          `{'a':{'dtype':'F32','shape':[2],'shape':[2],'data_offsets':[0,8]}}`        | one shape of tensor "a", found two
          `{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}}`                    | found "F31"
          `{'a':{'dtype':32,'shape':[2],'data_offsets':[0,8]}}`                       | found JSON NUMBER
          `{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}`                      | shape of tensor "a" as an array
          `{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}`                  | found JSON STRING
          `{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}`                   | found -2
          `{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}`                  | found 2.0
          `{'a':{'dtype':'F32','shape':[2e0],'data_offsets':[0,8]}}`                  | found 2e0
          `{'a':{'dtype':'F32','shape':[null],'data_offsets':[0,8]}}`                 | found JSON NULL
          `{'a':{'dtype':'F32','shape':[[[[[[2]]]]]],'data_offsets':[0,8]}}`          | found JSON BEGIN_ARRAY
          `{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}`                    | expected 12 bytes of tensor "a"
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}}`                  | at most 2 numbers
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[8]}}`                      | begin <= end, found [8]
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}`                    | begin <= end, found [8, 0]
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}`                   | found -8
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}}` | found 99999999999999999999
          `{'a':{'dtype':'F32','shape':[900000000000000000,900000000000000000],'data_offsets':[0,8]}}` | counted in 63 bits
          `{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}}`           | found "more"
          `{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}`                    | found 4 more bytes
          `{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}`                    | begins at data offset 0
          `{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}`                   | up to data offset 16, found the end of the file after 8 bytes
          `{'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}}` | data offset 5 (no holes, no overlap), found "b" at 4
          `{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'a':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}}` | found "a" twice
          `{'__metadata__':{'k':1}}`                                                  | found JSON NUMBER
          `{'__metadata__':{'k':'1','k':'2'}}`                                        | found "k" twice
          `{'__metadata__':{},'__metadata__':{}}`                                     | one __metadata__, found two
          `{'__metadata__':'x'}`                                                      | as an object of strings
          `{}`                                                                        | found 8 more bytes
          """)
  void aHostileHeaderIsRejectedWithItsReason(String header, String reason) throws IOException {
    assertMalformed(file(header.replace('\'', '"'), 8)).hasMessageContaining(reason);
  }

  @Test
  void theOffsetPointsIntoTheHeaderAlsoBehindLettersOfSeveralBytes() throws IOException {
    String start = "{\"\u00e4\u20ac\ud83d\ude00\":";
    Path path = file(start + "7}", 0);
    int at = 8 + start.getBytes(StandardCharsets.UTF_8).length;
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOfSatisfying(
            MalformedFileException.class,
            e -> {
              assertThat(e.offset()).isBetween((long) at, at + 2L);
              assertThat(e.file()).isEqualTo(path.toString());
            });
  }

  @Test
  void aHeaderThatIsNotUtf8IsRejected() throws IOException {
    byte[] header = "{\"?\":1}".getBytes(StandardCharsets.UTF_8);
    header[2] = (byte) 0xFF;
    byte[] bytes = new byte[8 + header.length];
    bytes[0] = (byte) header.length;
    System.arraycopy(header, 0, bytes, 8, header.length);
    Path path = folder.resolve("latin.safetensors");
    Files.write(path, bytes);
    assertMalformed(path).hasMessageContaining("offset 10:").hasMessageContaining("UTF-8");
  }

  @Test
  void aHundredThousandBracketsAreRejectedWithoutStackOverflow() throws IOException {
    assertMalformed(file("{\"a\":" + "[".repeat(100_000), 8)).hasMessageContaining("BEGIN_ARRAY");
    String shape = "{\"a\":{\"dtype\":\"F32\",\"shape\":";
    assertMalformed(file(shape + "[".repeat(100_000), 8)).hasMessageContaining("BEGIN_ARRAY");
    assertMalformed(file(shape + "[" + "1,".repeat(100_000), 8))
        .hasMessageContaining("at most 64 numbers");
  }

  @Test
  void aVeryLongNameIsShortenedInTheMessage() throws IOException {
    assertThatThrownBy(
            () -> SafetensorsFile.open(file("{\"" + "n\\n".repeat(50_000) + "\":{}}", 8)))
        .isInstanceOfSatisfying(
            MalformedFileException.class,
            e -> assertThat(e.getMessage()).contains("n?n?").hasSizeLessThan(600));
  }

  private static AbstractThrowableAssert<?, ?> assertMalformed(Path path) {
    return assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(path + ", offset ");
  }

  private static Map.Entry<String, String> entry(String key, String value) {
    return Map.entry(key, value);
  }

  private Path file(String header, int dataBytes) throws IOException {
    return file(header, new byte[dataBytes]);
  }

  private Path file(String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text).put(data);
    Path path = folder.resolve("test.safetensors");
    Files.write(path, bytes.array());
    return path;
  }
}
